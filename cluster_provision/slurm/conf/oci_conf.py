"""oci.conf (oci.conf(5)): how slurmd runs a job's container, an OCI bundle, by runc (containers.html, "runc")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.conf.lines import document
from cluster_provision.slurm.release import Release

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster

# One folder a user, which the prolog makes; %u is the user's name.
_RUNTIME = f"{paths.OCI_RUNTIME} --rootless=true --root={paths.CONTAINERS}/%u"
_ID = "%n.%u.%j.%s.%t"
# 22.05's slurmd dies of it (seen there); from 23.02 on Slurm's documents have it in every example.
_EXCLUDES_SINCE = Release(23, 2)
_EXCLUDED = "^(SLURM_CONF|SLURM_CONF_SERVER)="


def oci_conf(cluster: SlurmCluster) -> str:
    """Return the whole file, empty where jobs don't run in containers."""
    if not cluster.containers:
        return ""
    excludes = (
        [f'EnvExclude="{_EXCLUDED}"', f'RunTimeEnvExclude="{_EXCLUDED}"'] if cluster.release >= _EXCLUDES_SINCE else []
    )
    return document(
        [
            *excludes,
            f'RunTimeQuery="{_RUNTIME} state {_ID}"',
            f'RunTimeKill="{_RUNTIME} kill -a {_ID}"',
            f'RunTimeDelete="{_RUNTIME} delete --force {_ID}"',
            f'RunTimeRun="{_RUNTIME} run {_ID} -b %b"',
        ]
    )
