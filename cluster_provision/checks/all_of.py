"""All checks at once: every failure is told, and none hides another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import PermissionDenied, UnexpectedError, Unreachable
from cluster_provision.parallel import at_once
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.checks.base import CheckOf, S


def look_at_all(checks: Sequence[CheckOf[S]], subject: S, skip: Sequence[str]) -> Finding:
    """What the checks found, in their order. Those that `skip` names are told as such."""
    found = at_once([partial(_look, check, subject, skip) for check in checks])
    return Finding(
        tuple(row for each in found for row in each.checks),
        tuple(failure for each in found for failure in each.failures),
        tuple(dict.fromkeys(note for each in found for note in each.notes)),
        next((each.settings for each in found if each.settings is not None), None),
    )


def _look(check: CheckOf[S], subject: S, skip: Sequence[str]) -> Finding:
    """One check. What it may not look at, or what doesn't answer, is unknown: no reason to stop, and no pass."""
    if check.skippable and check.name in skip:
        return Finding((Check(check.name, "skipped", "SKIP_CHECKS names it"),))
    try:
        return check.look(subject)
    except (PermissionDenied, Unreachable, UnexpectedError, NotFound) as failure:
        return Finding((Check(check.name, "unknown", str(failure).partition(". ")[0]),))
