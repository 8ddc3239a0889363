"""Runs all checks at once, so that no failure hides another."""

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
    """Return what the checks found, in their order. A check that `skip` names gets the status "skipped"."""
    found = at_once([partial(_look, check, subject, skip) for check in checks])
    return sum(found, Finding())


def _look(check: CheckOf[S], subject: S, skip: Sequence[str]) -> Finding:
    """Run one check. Where it may not look, or gets no answer, it is "unknown": neither a failure nor a pass."""
    if check.skippable and check.name in skip:
        return Finding((Check(check.name, "skipped", "SKIP_CHECKS names it"),))
    try:
        return check.look(subject)
    except (*CANNOT_LOOK, NotFound) as failure:
        return Finding((Check(check.name, "unknown", str(failure).partition(". ")[0]),))
