"""The user slurm, by which slurmctld runs: slurmd refuses a controller whose user has another number. And its logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.plan import Folder, Group, Resource, User

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster

NAME = "slurm"
DEBIANS_UID = 64030
"""Debian's packages give the user slurm this number (base-passwd's list of static numbers)."""


def resources(cluster: SlurmCluster) -> list[Resource]:
    """Made before the packages: Debian's would make them by themselves, and leave the logs behind; SchedMD's don't."""
    return [
        Group(NAME, cluster.slurm_uid, system=True),
        User(NAME, cluster.slurm_uid, NAME, "/nonexistent", "/usr/sbin/nologin", system=True),
        Folder(paths.LOGS, owner=NAME, group=NAME, contents=True),
    ]
