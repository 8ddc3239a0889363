"""How users work with a Slurm cluster on Google Cloud: the first commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.result import ConnectionPart

if TYPE_CHECKING:
    from cluster_provision.settings import GcpSettings


def slurm_part(settings: GcpSettings) -> ConnectionPart:
    """Slurm's part of the connection text."""
    pool = settings.slurm_pools[0]
    job = f"srun --nodes={max(1, pool.on)} hostname"
    told = {"controller": settings.controller_name, "look": "sinfo", "job": job}
    on = f"{pool.on} of {pool.count} nodes of partition {pool.name} are on"
    more = (
        "" if settings.suspend_time is not None else "; `Resume <nodes>` starts others, and `Suspend <nodes>` ends them"
    )
    text = f"Slurm's controller is {settings.controller_name}; {on}{more}. Where users log in:\n  sinfo\n  {job}"
    return ConnectionPart("slurm", told, text)
