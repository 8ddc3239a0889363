"""Whether every machine was reached, with the rights that the work needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.existing.subject import Subject


def reached(subject: Subject) -> Finding:
    """Each machine that was not, by its own failure."""
    there, total = len(subject.seen), len(subject.seen) + len(subject.unseen)
    if not subject.unseen:
        return Finding((Check("machines reached", "ok", f"{total} of {total}"),))
    told = f"{there} of {total}; not {', '.join(subject.unseen)}"
    return Finding((Check("machines reached", "failed", told),), tuple(subject.unseen.values()))
