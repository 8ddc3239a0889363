"""Whether two names are one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.existing.subject import finding
from cluster_provision.number_of import number_of

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding
    from cluster_provision.checks.existing.subject import Subject


def identity(subject: Subject) -> Finding:
    """Two names lead to one machine where both were answered at the same address of its own, since the same start."""
    first: dict[tuple[str, float], str] = {}
    same: dict[str, str] = {}
    for name, seen in subject.seen.items():
        facts = seen.facts
        if not facts.ssh_address or facts.boot_time is None:
            continue
        key = (facts.ssh_address, round(facts.boot_time))
        other = first.setdefault(key, name)
        if other != name:
            same[name] = f"is the same machine as {other}: both answer at {facts.ssh_address}"
    return finding(
        "identity", same, number_of(len(subject.seen), "machine"), "Name each machine once, with its own address."
    )
