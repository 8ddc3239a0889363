"""Checks that the services that the cluster needs are on in its project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.gcp.features import all_features, features_of
from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.api import enabling
from cluster_provision.errors import CANNOT_LOOK, PermissionDenied
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.checks.gcp.subject import GcpSubject
    from cluster_provision.clouds.gcp.catalogue import GcpCatalogue

NAME = "apis"
ALWAYS = "every action"
"""The feature in features.toml that every cluster has."""


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
    return Finding((Check(NAME, "failed", f"off: {', '.join(missing)}"),), (_off(missing, project),), notes)


def always_off(catalogue: GcpCatalogue, project: str) -> PermissionDenied | None:
    """The error for the services that every cluster needs and that are off; None where none is, or nobody can say.

    For a project whose Compute Engine is off: nothing else of it can be looked at, and one service would be told alone.
    """
    needed = all_features()[ALWAYS].services
    try:
        off = catalogue.services_off(needed)
    except (*CANNOT_LOOK, NotFound):
        return None
    missing = [service for service in needed if service in off]
    return _off(missing, project) if missing else None


def _off(missing: Sequence[str], project: str) -> PermissionDenied:
    names = " ".join(f"{service}.googleapis.com" for service in missing)
    return PermissionDenied(
        f"project {project} has services off that this cluster needs: {', '.join(missing)}",
        f"Switch them on, wait a minute, and run the same command again:\n  {enabling(names, project)}",
    )
