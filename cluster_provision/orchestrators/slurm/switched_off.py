"""Machines of a Slurm cluster on a cloud that are switched off: login nodes that Suspend stopped, or somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cluster_provision.errors import NotReady

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.base import Machine

STOPPED = frozenset({"TERMINATED", "STOPPING", "STOPPED", "DEALLOCATING", "DEALLOCATED", "SUSPENDING", "SUSPENDED"})
"""The clouds' words for a machine that is switched off, or about to be.

cloud.google.com/compute/docs/instances/instance-lifecycle, learn.microsoft.com/azure/virtual-machines/states-billing
"""

M = TypeVar("M", bound="Machine")


def is_on(machine: Machine) -> bool:
    """Whether the machine runs, or is about to."""
    return machine.status not in STOPPED


def head_first(machines: Sequence[M]) -> list[M]:
    """The machines in their order, those that are switched off last: the first is where users come in."""
    return sorted(machines, key=lambda each: not is_on(each))


def require_on(machine: Machine) -> None:
    """Raises NotReady for a machine that is switched off."""
    if not is_on(machine):
        raise NotReady(f"{machine.name} is switched off", f"`Resume {machine.name}` or Create starts it.")
