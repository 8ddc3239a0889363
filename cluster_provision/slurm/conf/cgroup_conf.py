"""cgroup.conf (cgroup.conf(5)): jobs are kept to their cores, memory and devices, under cgroup v1 and v2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.conf.lines import document, pair
from cluster_provision.slurm.conf.slurm_conf import uses_cgroups
from cluster_provision.slurm.release import Release

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster

# CgroupPlugin=disabled came with 24.05 (src/interfaces/cgroup.c).
_CAN_BE_DISABLED = Release(24, 5)


def cgroup_conf(cluster: SlurmCluster) -> str:
    """Return the whole file. CgroupAutomount isn't in it: nothing needs it, and from 23.11 on it is an error."""
    values = {"ConstrainCores": "yes", "ConstrainDevices": "yes", "ConstrainRAMSpace": "yes"}
    if not uses_cgroups(cluster) and cluster.release >= _CAN_BE_DISABLED:
        values = {"CgroupPlugin": "disabled"}
    spelt = {key.lower(): key for key in values}
    for given, value in cluster.cgroup_extra:
        values[spelt.setdefault(given.lower(), given)] = value
    return document([pair(key, value) for key, value in values.items()])
