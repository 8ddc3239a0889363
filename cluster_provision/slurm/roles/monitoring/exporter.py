"""node exporter, of the distribution, on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import File, Packages, Resource
from cluster_provision.slurm.roles.monitoring.listening import listens_at, service
from cluster_provision.slurm.roles.monitoring.places import NODE_EXPORTER, NODE_EXPORTER_PORT, TEXTFILES

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Machine, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts

DEFAULTS = f"/etc/default/{NODE_EXPORTER}"


def resources(cluster: SlurmCluster, machine: Machine, facts: MachineFacts) -> list[Resource]:
    """The package, what it is started with, and its unit."""
    return [
        Packages((NODE_EXPORTER,)),
        File(DEFAULTS, _defaults(listens_at(machine, facts, NODE_EXPORTER_PORT))),
        *service(cluster, NODE_EXPORTER, restart_on=(DEFAULTS,)),
    ]


def _defaults(address: str) -> str:
    arguments = f"--web.listen-address={address} --collector.textfile.directory={TEXTFILES}"
    return f'# Written by cluster-provision.\nARGS="{arguments}"\n'
