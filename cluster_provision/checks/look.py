"""All checks at once: every failure is told, and none hides another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.at_once import at_once
from cluster_provision.checks.apis import apis
from cluster_provision.checks.base import CheckOf, Finding
from cluster_provision.checks.file_shares import file_shares
from cluster_provision.checks.image import image
from cluster_provision.checks.machine_type import machine_type
from cluster_provision.checks.network import network
from cluster_provision.checks.orchestrator import orchestrator
from cluster_provision.checks.permissions import permissions
from cluster_provision.checks.price import price
from cluster_provision.checks.quotas import quotas
from cluster_provision.checks.reservation import reservation
from cluster_provision.checks.service_account import service_account
from cluster_provision.checks.zone import zone
from cluster_provision.clouds.google_api import NotFound
from cluster_provision.errors import PermissionDenied, UnexpectedError, Unreachable
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.base import Subject

CHECKS = (
    CheckOf("apis", apis),
    CheckOf("permissions", permissions),
    CheckOf("orchestrator", orchestrator, skippable=False),
    CheckOf("zone", zone, skippable=False),
    CheckOf("machine-type", machine_type),
    CheckOf("network", network, skippable=False),
    CheckOf("reservation", reservation, skippable=False),
    CheckOf("file shares", file_shares, skippable=False),
    CheckOf("image", image, skippable=False),
    CheckOf("quotas", quotas),
    CheckOf("price", price),
    CheckOf("service account", service_account, skippable=False),
)


def look(subject: Subject) -> Finding:
    """What all checks found, in their order. Those that SKIP_CHECKS names are told as such."""
    found = at_once([partial(_look, check, subject) for check in CHECKS])
    return Finding(
        tuple(row for each in found for row in each.checks),
        tuple(failure for each in found for failure in each.failures),
        tuple(dict.fromkeys(note for each in found for note in each.notes)),
        next((each.settings for each in found if each.settings is not None), None),
    )


def _look(check: CheckOf, subject: Subject) -> Finding:
    """One check. What it may not look at, or what doesn't answer, is unknown: no reason to stop, and no pass."""
    if check.skippable and check.name in subject.settings.skip_checks:
        return Finding((Check(check.name, "skipped", "SKIP_CHECKS names it"),))
    try:
        return check.look(subject)
    except (PermissionDenied, Unreachable, UnexpectedError, NotFound) as failure:
        return Finding((Check(check.name, "unknown", str(failure).partition(". ")[0]),))
