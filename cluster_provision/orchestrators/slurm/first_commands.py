"""How users work with a Slurm cluster on a cloud: where they log in, and their first commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.orchestrators.slurm.monitoring import monitoring_parts
from cluster_provision.result import ConnectionPart
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.settings.slurm_cloud import SlurmCloudSettings


def slurm_parts(
    settings: SlurmCloudSettings, machines: Iterable[str], managed_grafana: str = ""
) -> tuple[ConnectionPart, ...]:
    """Slurm's and monitoring's parts of the connection text; `machines` are the names of those that the cluster has,
    `managed_grafana` is the address of the cloud's own."""
    watched = monitoring_parts(settings, settings.controller_name, managed_grafana)
    return (slurm_part(settings, machines), *watched)


def slurm_part(settings: SlurmCloudSettings, machines: Iterable[str]) -> ConnectionPart:
    """Slurm's part of the connection text; `machines` are the names of those that the cluster has now."""
    there = set(machines)
    every = settings.slurm_nodes
    on = [name for name in every if name in there]
    job = f"srun --nodes={max(1, len(there & set(_default_nodes(settings, every))))} hostname"
    told = {"controller": settings.controller_name, "look": "sinfo", "job": job}
    by_hand = (
        " `Resume <nodes>` makes nodes, and `Suspend <nodes>` removes them." if settings.suspend_time is None else ""
    )
    text = (
        f"Slurm's nodes are {fold_hostlist(every)}, of which {len(on)} are on.{by_hand} Users log in to "
        f"{(*settings.login_names, settings.controller_name)[0]}:\n  sinfo\n  {job}"
    )
    return ConnectionPart("slurm", told, text)


def _default_nodes(settings: SlurmCloudSettings, every: tuple[str, ...]) -> tuple[str, ...]:
    """The nodes of the partition in which a job runs that names none."""
    for partition in settings.slurm_partitions:
        if partition.default:
            return every if partition.nodes == ("ALL",) else partition.nodes
    return every
