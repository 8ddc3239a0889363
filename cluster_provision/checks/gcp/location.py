"""Checks that the project has the zones in ZONE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject


def zone(subject: GcpSubject) -> Finding:
    """Look for each zone, also the alternatives."""
    settings = subject.settings
    missing = [name for name in settings.zone if not subject.catalogue.has_zone(name)]
    if not missing:
        return Finding((Check("zone", "ok", ", ".join(settings.zone)),))
    failures = tuple(
        SettingsError((f"ZONE={name}: there is no such zone for project {settings.project_id}",)) for name in missing
    )
    return Finding((Check("zone", "failed", f"not there: {', '.join(missing)}"),), failures)
