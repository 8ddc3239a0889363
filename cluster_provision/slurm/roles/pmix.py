"""PMIx, by which the tasks of an MPI job find each other: slurmd loads it, and srun where jobs are started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.release import Release

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts

# From here on mpi/pmix opens libpmix.so.2. Debian's 22.05 opens libpmix.so, which only libpmix-dev has (`strings
# mpi_pmix_v*.so` of Debian 12's and 13's slurm-wlm-basic-plugins).
_OPENS_SO_2 = Release(24, 5)


def pmix_packages(cluster: SlurmCluster, facts: MachineFacts) -> tuple[str, ...]:
    """The package with the library that this release's mpi/pmix opens."""
    if cluster.release >= _OPENS_SO_2:
        for name in ("libpmix2t64", "libpmix2"):
            if name in facts.packages and (facts.packages[name].installed or facts.packages[name].candidate):
                return (name,)
    return ("libpmix-dev",)
