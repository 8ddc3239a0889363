"""How users work with the cluster: where they log in, and the first commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.result import ConnectionPart

if TYPE_CHECKING:
    from cluster_provision.settings.existing.settings import ExistingSettings


def slurm_part(settings: ExistingSettings) -> ConnectionPart:
    """Slurm's part of the connection text."""
    nodes = len(settings.compute)
    job = f"srun --nodes={nodes} hostname"
    told = {"controller": settings.controller, "look": "sinfo", "job": job}
    where = f"Slurm runs on {nodes} nodes, its controller on {settings.controller}."
    text = f"{where} There, or where users log in:\n  sinfo\n  {job}"
    return ConnectionPart("slurm", told, text)
