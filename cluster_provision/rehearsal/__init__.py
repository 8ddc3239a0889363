"""The rehearsal: the same run against a cloud that comes with the tool. `rehearse` is its only door."""

from cluster_provision.rehearsal.session import rehearse

__all__ = ["rehearse"]
