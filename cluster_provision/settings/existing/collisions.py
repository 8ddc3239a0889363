"""Machines that can't be told apart: by the names that they have in Slurm, or by their addresses."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.existing.names import is_address, short_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.settings.existing.machines import GivenMachine


def collisions(machines: Iterable[GivenMachine]) -> list[str]:
    """Return a problem for each address that several machines have."""
    by_address: dict[str, list[str]] = {}
    for machine in machines:
        by_address.setdefault(_comparable(machine.address), []).append(machine.name)
    return [
        f"{', '.join(names[:-1])} and {names[-1]} have one address, {address}: each machine needs its own"
        for address, names in by_address.items()
        if len(names) > 1
    ]


def same_short_name(left: str, right: str) -> str:
    """Return the problem of two names that are one in Slurm."""
    if left == right:
        return f"{left} is named twice"
    return (
        f"{left} and {right} would both be {short_name(left)} in Slurm, which has the first part of a name, in lower "
        "case: give one of them another name"
    )


def _comparable(address: str) -> str:
    return str(ip_address(address)) if is_address(address) else address.lower()
