"""The order of a scale set's machines: it is that of the hostfiles, and its first is the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.clouds.azure.machines import ScaleSetMachine


def in_order(machines: Iterable[ScaleSetMachine]) -> list[ScaleSetMachine]:
    """Uniform sets number their machines, and a number is never another machine's before it; the names that Azure gives
    to a Flexible set's say nothing, so the one that was made first comes first."""
    return sorted(machines, key=_rank)


def _rank(machine: ScaleSetMachine) -> tuple[int, float, str]:
    if machine.resource.isdecimal():
        return int(machine.resource), 0.0, machine.name
    return 0, (machine.made.timestamp() if machine.made.year > 1 else 0.0), machine.name
