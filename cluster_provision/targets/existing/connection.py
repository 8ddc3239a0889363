"""How users work with the cluster: where they log in, and the first commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.number_of import number_of
from cluster_provision.result import ConnectionPart
from cluster_provision.settings.readers.slurm.partitions import ALL, BATCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.node import Node
    from cluster_provision.settings.existing.settings import ExistingSettings


def slurm_part(settings: ExistingSettings, machines: Sequence[Node]) -> ConnectionPart:
    """Slurm's part of the connection text. Its job asks for no more nodes than it can get: those that are up.

    A job that names no partition gets the default one's nodes.
    """
    default = next((each for each in settings.partitions if each.default), BATCH)
    up = [each.name for each in machines if each.name in settings.compute and each.status == "ready"]
    reached = [name for name in up if default.nodes == ALL or name in default.nodes]
    told = {"controller": settings.controller, "look": "sinfo"}
    if reached:
        told["job"] = f"srun --nodes={len(reached)} hostname"
    every = len(settings.compute)
    nodes = number_of(every, "node")
    where = f"Slurm runs on {nodes if len(up) == every else f'{len(up)} of {nodes}'}"
    commands = "".join(f"\n  {told[name]}" for name in ("look", "job") if name in told)
    text = f"{where}, its controller on {settings.controller}. There, or where users log in:{commands}"
    return ConnectionPart("slurm", told, text)
