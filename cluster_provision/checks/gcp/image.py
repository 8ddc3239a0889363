"""Checks that the boot image exists, and resolves an image family to today's image."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from cloud_facts.gcp.images import image_projects
from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check
from cluster_provision.settings.gcp.slurm_machines import STANDING_DISK_GB

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject

REFUSED = ("OBSOLETE", "DELETED")
"""Compute Engine makes no machine from an image in these states, and one from a DEPRECATED image."""


def image(subject: GcpSubject) -> Finding:
    """Resolve the family, or find the image. The failure names the nearest name of the project."""
    settings = subject.settings
    if settings.orchestrator_type == "gke":  # GKE's machines boot from GKE's own images
        return Finding()
    _, project, _, _, *rest = settings.image.split("/")
    family, name = (rest[1], "") if rest[0] == "family" else ("", rest[0])
    found = subject.catalogue.image(project, family=family, name=name)
    if found is None:
        return _missing(subject, project, family, name)
    if found.state in REFUSED:
        instead = f"; its replacement is {found.replacement}" if found.replacement else ""
        line = f"the image {found.name} of {project} is {found.state.lower()}{instead}"
        return Finding((Check("image", "failed", line),), (SettingsError((line,)),))
    if found.disk_gb > settings.disk_size_gb:
        line = (
            f"DISK_SIZE_GB={settings.disk_size_gb}: the image {found.name} of {project} has {found.disk_gb} GB, and "
            f"the machines' disk has to be as large at least: set DISK_SIZE_GB={found.disk_gb} or more"
        )
        return Finding((Check("image", "failed", line),), (SettingsError((line,)),))
    if settings.orchestrator_type == "slurm" and found.disk_gb > STANDING_DISK_GB:
        line = (
            f"the image {found.name} of {project} has {found.disk_gb} GB, and Slurm's controller and login nodes boot "
            f"from a disk of {STANDING_DISK_GB} GB: choose a smaller image"
        )
        return Finding((Check("image", "failed", line),), (SettingsError((line,)),))
    notes: tuple[str, ...] = ()
    if found.state == "DEPRECATED":
        instead = f" Its replacement is {found.replacement}." if found.replacement else ""
        notes = (f"the image {found.name} of {project} is deprecated and will be removed.{instead}",)
    told = f"{found.name} of {project}" + (f", the newest of {family}" if family else "")
    return Finding((Check("image", "ok", told),), notes=notes)


def _missing(subject: GcpSubject, project: str, family: str, name: str) -> Finding:
    variable, asked = ("IMAGE_FAMILY_NAME", family) if family else ("IMAGE_NAME", name)
    line = f"the image {subject.settings.image} does not exist ({variable}={asked}, IMAGE_PROJECT={project})"
    elsewhere = [other for other, each in image_projects().items() if family in each.families]
    if elsewhere:
        line += f"; {elsewhere[0]} has it: set IMAGE_PROJECT={elsewhere[0]}"
        return Finding((Check("image", "failed", f"{asked} of {project} is not there"),), (SettingsError((line,)),))
    near = difflib.get_close_matches(asked, _names(subject, project, families=bool(family)), 1, 0.0)
    if near:
        line += f"; the nearest in that project is {near[0]}"
    return Finding((Check("image", "failed", f"{asked} of {project} does not exist"),), (SettingsError((line,)),))


def _names(subject: GcpSubject, project: str, *, families: bool) -> list[str]:
    """Return the names in the project; none where the caller may not look."""
    try:
        return subject.catalogue.image_names(project, families=families)
    except Exception:  # the missing image is the news; a listing that fails must not hide it
        return []
