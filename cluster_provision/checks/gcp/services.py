"""Checks that the services that the cluster needs are on in its project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.gcp.features import features_of
from cluster_provision.clouds.gcp.api import enabling
from cluster_provision.errors import PermissionDenied
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject

NAME = "apis"


def apis(subject: GcpSubject) -> Finding:
    """Ask for all services in one call. A needed one that is off ends the run; an advised one gives a note."""
    features = features_of(subject)
    needed = list(dict.fromkeys(s for f in features if not f.advised for s in f.services))
    advised = {s: f.advised for f in features if f.advised for s in f.services if s not in needed}
    off = subject.catalogue.services_off([*needed, *advised])
    project = subject.settings.project_id
    notes = tuple(
        f"{service}.googleapis.com is off in the project, so this doesn't work: {what}. To switch it on:\n"
        f"  {enabling(f'{service}.googleapis.com', project)}"
        for service, what in advised.items()
        if service in off
    )
    missing = [service for service in needed if service in off]
    if not missing:
        return Finding((Check(NAME, "ok", ", ".join(needed)),), notes=notes)
    names = " ".join(f"{service}.googleapis.com" for service in missing)
    failure = PermissionDenied(
        f"project {project} has services off that this cluster needs: {', '.join(missing)}",
        f"Switch them on, wait a minute, and run the same command again:\n  {enabling(names, project)}",
    )
    return Finding((Check(NAME, "failed", f"off: {', '.join(missing)}"),), (failure,), notes)
