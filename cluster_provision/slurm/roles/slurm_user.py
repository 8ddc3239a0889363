"""The user slurm, by which slurmctld runs: slurmd refuses a controller whose user has another number. And its logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.plan import Folder, Group, Resource, User

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster


def resources(cluster: SlurmCluster) -> list[Resource]:
    """Made before the packages: Debian's would make them by themselves, and leave the logs behind; SchedMD's don't."""
    return [
        Group("slurm", cluster.slurm_uid, system=True),
        User("slurm", cluster.slurm_uid, "slurm", "/nonexistent", "/usr/sbin/nologin", system=True),
        Folder(paths.LOGS, owner="slurm", group="slurm", contents=True),
    ]
