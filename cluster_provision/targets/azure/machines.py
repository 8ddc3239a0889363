"""The machines of a scale set, in the order of the hostfiles: the first one is the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.azure.machines import ScaleSetMachine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cluster_provision.clouds.base import Machine
    from cluster_provision.stage import Site


def in_order(machines: Iterable[ScaleSetMachine]) -> list[ScaleSetMachine]:
    """Uniform sets number their machines, and never use a number twice. The names that Azure gives to a Flexible set's
    machines say nothing, so the one that was made first comes first."""
    return sorted(machines, key=_rank)


def listed(site: Site) -> list[ScaleSetMachine]:
    """The machines of the last listing, the head first."""
    return of_scale_set(site.machines)


def of_scale_set(machines: Sequence[Machine]) -> list[ScaleSetMachine]:
    """The same machines with what only a scale set knows of them."""
    return [machine for machine in machines if isinstance(machine, ScaleSetMachine)]


def _rank(machine: ScaleSetMachine) -> tuple[int, float, str]:
    if machine.resource.isdecimal():
        return int(machine.resource), 0.0, machine.name
    return 0, (machine.made.timestamp() if machine.made.year > 1 else 0.0), machine.name
