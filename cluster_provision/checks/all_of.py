"""All checks at once: every failure is told, and none hides another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import CANNOT_LOOK
from cluster_provision.parallel import at_once
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.checks.base import CheckOf, S


def look_at_all(checks: Sequence[CheckOf[S]], subject: S, skip: Sequence[str]) -> Finding:
    """What the checks found, in their order. Those that `skip` names are told as such."""
    found = at_once([partial(_look, check, subject, skip) for check in checks])
    return sum(found, Finding())


def _look(check: CheckOf[S], subject: S, skip: Sequence[str]) -> Finding:
    """One check. What it may not look at, or what doesn't answer, is unknown: no reason to stop, and no pass."""
    if check.skippable and check.name in skip:
        return Finding((Check(check.name, "skipped", "SKIP_CHECKS names it"),))
    try:
        return check.look(subject)
    except (*CANNOT_LOOK, NotFound) as failure:
        return Finding((Check(check.name, "unknown", str(failure).partition(". ")[0]),))
