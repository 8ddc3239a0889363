"""Whether the zones have the machine type, and whether it is what this tool's own table says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.clouds.google_api import NotFound
from cluster_provision.errors import ProvisionError, SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.base import Subject
    from cluster_provision.clouds.gcp_catalogue import MachineFacts
    from cluster_provision.settings import GcpSettings

NAME = "machine-type"
REFUSED = ("OBSOLETE", "DELETED")
SHOWN_ZONES = 6


def machine_type(subject: Subject) -> Finding:
    """Each zone's word for it: Compute Engine's own description wins over the kept table, and a line says so."""
    settings = subject.settings
    failures: list[ProvisionError] = []
    notes: list[str] = []
    told = ""
    for zone in settings.zone:
        if not subject.catalogue.has_zone(zone):
            continue  # the zone's own check tells
        facts = subject.catalogue.machine_type(zone, settings.vm_type)
        problem = _problem(subject, zone, facts)
        if problem or facts is None:
            failures.append(SettingsError((problem,)))
            continue
        if facts.state == "DEPRECATED":
            notes.append(f"VM_TYPE={settings.vm_type} is deprecated in {zone} and will go")
        told = told or _told(facts)
        if zone == subject.zone:
            settings, differing = _as_described(subject, facts)
            notes += differing
    if failures:
        return Finding((Check(NAME, "failed", f"{settings.vm_type} can't be had as asked"),), tuple(failures))
    if not told:
        return Finding((Check(NAME, "unknown", "there is no zone to look in"),))
    changed = settings if settings is not subject.settings else None
    row = Check(NAME, "ok", f"{settings.vm_type} in {', '.join(settings.zone)}: {told}")
    return Finding((row,), notes=tuple(notes), settings=changed)


def _problem(subject: Subject, zone: str, facts: MachineFacts | None) -> str:
    settings = subject.settings
    if facts is None:
        return f"VM_TYPE={settings.vm_type}: zone {zone} does not have it; {_where_it_is(subject, zone)}"
    if facts.state in REFUSED:
        return f"VM_TYPE={settings.vm_type} is {facts.state.lower()} in {zone}; choose another"
    if facts.accelerators or not settings.gpu_count:
        return ""
    most = subject.catalogue.most_accelerators(zone, settings.accelerator_type)
    if most is None:
        return f"ACCELERATOR_TYPE={settings.accelerator_type}: zone {zone} does not have it"
    if settings.gpu_count > most:
        return f"GPU_COUNT={settings.gpu_count}: {zone} gives at most {most} of {settings.accelerator_type} a machine"
    return ""


def _where_it_is(subject: Subject, zone: str) -> str:
    """The zones that have the type, those of the same region first."""
    try:
        zones = subject.catalogue.zones_with(subject.settings.vm_type)
    except (ProvisionError, NotFound):
        return f"`gcloud compute machine-types list --filter=name={subject.settings.vm_type}` shows which do"
    region = zone.rpartition("-")[0]
    ordered = sorted(zones, key=lambda each: (each.rpartition("-")[0] != region, each))
    if not ordered:
        return "no zone of this project does"
    more = f" and {len(ordered) - SHOWN_ZONES} more" if len(ordered) > SHOWN_ZONES else ""
    return f"these do: {', '.join(ordered[:SHOWN_ZONES])}{more}"


def _as_described(subject: Subject, facts: MachineFacts) -> tuple[GcpSettings, list[str]]:
    """The settings with the accelerators that the type really carries, and a line where that is another thing."""
    settings = subject.settings
    if not facts.accelerators:
        return settings, []
    (accelerator, count), *_ = facts.accelerators
    if (accelerator, count) == (settings.accelerator_type, settings.gpu_count):
        return settings, []
    expected = f"{settings.gpu_count} x {settings.accelerator_type}" if settings.gpu_count else "none"
    line = (
        f"Compute Engine describes {settings.vm_type} with {count} x {accelerator}, and this version's table with "
        f"{expected}: Compute Engine's word is taken"
    )
    return replace(settings, accelerator_type=accelerator, gpu_count=count), [line]


def _told(facts: MachineFacts) -> str:
    accelerators = "".join(f", {count} x {kind}" for kind, count in facts.accelerators)
    return f"{facts.vcpus} vCPUs, {facts.memory_gib:g} GiB{accelerators}"
