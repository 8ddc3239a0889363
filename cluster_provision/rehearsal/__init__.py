"""The rehearsal: the same run against a cloud that comes with the tool. Only `rehearse` is for others."""

from cluster_provision.rehearsal.session import rehearse

__all__ = ["rehearse"]
