"""Checks that the project has the zones in ZONE."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from cloud_facts.gcp.regions import regions, zones
from cluster_provision.checks.base import Finding
from cluster_provision.errors import PlaceClosed, SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject


def zone(subject: GcpSubject) -> Finding:
    """Look for each zone, also the alternatives."""
    settings = subject.settings
    missing, closed = [], {}
    for name in settings.zone:
        try:
            if not subject.catalogue.has_zone(name):
                missing.append(name)
        except PlaceClosed as failure:
            closed[name] = failure
    notes = tuple(f"ZONE={name} isn't open to the project: {each.message}" for name, each in closed.items())
    if missing:
        project = settings.project_id
        failures = tuple(
            SettingsError((f"ZONE={name}: there is no such zone for project {project}; {_instead(name, project)}",))
            for name in missing
        )
        return Finding((Check("zone", "failed", f"not there: {', '.join(missing)}"),), failures, notes)
    if subject.zone in closed:
        row = Check("zone", "failed", f"not open to the project: {', '.join(closed)}")
        return Finding((row,), (closed[subject.zone],))
    return Finding((Check("zone", "ok", ", ".join(name for name in settings.zone if name not in closed)),), notes=notes)


def _instead(name: str, project: str) -> str:
    """The zones of its region, or the nearest names, as far as this version's table knows."""
    region = regions().get(name.rpartition("-")[0])
    if region is not None:
        return f"{region.name} has {', '.join(region.zones)}"
    near = get_close_matches(name, zones(), n=3)
    return (
        f"did you mean {' or '.join(near)}?" if near else f"`gcloud compute zones list --project={project}` shows all"
    )
