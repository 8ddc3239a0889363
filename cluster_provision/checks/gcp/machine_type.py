"""Checks that the zones have the machine types, and that these are what this version's table says."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import existing_names, existing_type
from cluster_provision.checks.base import Finding
from cluster_provision.checks.gcp.machine_pools import named_in, wanted
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import ProvisionError, SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.machine_pools import MachinePool
    from cluster_provision.checks.gcp.subject import GcpSubject
    from cluster_provision.clouds.gcp.catalogue import MachineFacts
    from cluster_provision.settings import GcpSettings

NAME = "machine-type"
REFUSED = ("OBSOLETE", "DELETED")
SHOWN_ZONES = 6


def machine_type(subject: GcpSubject) -> Finding:
    """Look up each type in each zone. Compute Engine's description wins over the table, and a note says so."""
    asked = dict.fromkeys(
        replace(each, count=0, most=0)
        for zone in subject.settings.zone
        for each in wanted(subject, zone)
        if each.possible
    )
    there = [each for each in asked if subject.catalogue.has_zone(each.zone)]  # the check of zones reports the others
    problems: list[str] = []
    notes: list[str] = []
    told: dict[str, list[str]] = {}
    settings = None
    for pool in there:
        name, facts = pool.machine_type, subject.catalogue.machine_type(pool.zone, pool.machine_type)
        problem = _problem(subject, pool, facts)
        if problem or facts is None:
            problems.append(problem)
            continue
        if facts.state == "DEPRECATED":
            notes.append(f"{named_in(subject.settings, name)} is deprecated in {pool.zone} and will be removed")
        told.setdefault(f"{name}, {_told(facts)}", []).append(pool.zone)
        if pool.zone == subject.zone and name == subject.settings.vm_type:
            settings, differing = _as_described(subject, facts)
            notes += differing
    if problems:
        row = Check(NAME, "failed", "; ".join(sorted({problem.partition(":")[0] for problem in problems})))
        return Finding((row,), tuple(SettingsError((problem,)) for problem in problems), tuple(notes))
    if not told:
        return Finding((Check(NAME, "unknown", "there are no machines, or no zone, to check"),))
    rows = "; ".join(f"{what}: {', '.join(dict.fromkeys(zones))}" for what, zones in told.items())
    return Finding((Check(NAME, "ok", rows),), notes=tuple(notes), settings=settings)


def _problem(subject: GcpSubject, pool: MachinePool, facts: MachineFacts | None) -> str:
    named, zone = named_in(subject.settings, pool.machine_type), pool.zone
    if facts is None:
        return f"{named}: zone {zone} does not have it; {_where_it_is(subject, pool.machine_type, zone)}"
    if facts.state in REFUSED:
        return f"{named} is {facts.state.lower()} in {zone}; choose another"
    if facts.accelerators or not pool.gpus:
        return ""
    most = subject.catalogue.most_accelerators(zone, pool.accelerator)
    if most is None:
        return f"ACCELERATOR_TYPE={pool.accelerator}: zone {zone} does not have it; choose another, or another ZONE"
    if pool.gpus > most:
        return f"GPU_COUNT={pool.gpus}: {zone} allows at most {most} of {pool.accelerator} a machine"
    return ""


def _where_it_is(subject: GcpSubject, name: str, zone: str) -> str:
    """List the zones that have the type, those of the same region first. Advice: a refused look fails nothing."""
    try:
        zones = subject.catalogue.zones_with(name)
    except (ProvisionError, NotFound):
        project = subject.settings.project_id
        return f"`gcloud compute machine-types list --project={project} --filter=name={name}` lists the zones that do"
    region = zone.rpartition("-")[0]
    ordered = sorted(zones, key=lambda each: (each.rpartition("-")[0] != region, each))
    if not ordered:
        near = [] if existing_type(name) else get_close_matches(name, existing_names(), n=1)
        return f"no zone of this project does{''.join(f'; is {each} meant?' for each in near)}"
    more = f" and {len(ordered) - SHOWN_ZONES} more" if len(ordered) > SHOWN_ZONES else ""
    return f"these do: {', '.join(ordered[:SHOWN_ZONES])}{more}"


def _as_described(subject: GcpSubject, facts: MachineFacts) -> tuple[GcpSettings | None, list[str]]:
    """Return the settings with the accelerators that VM_TYPE really has, and a note, where they differ."""
    settings = subject.settings
    if not facts.accelerators:
        return None, []
    (accelerator, count), *_ = facts.accelerators
    if (accelerator, count) == (settings.accelerator_type, settings.gpu_count):
        return None, []
    expected = f"{settings.gpu_count} x {settings.accelerator_type}" if settings.gpu_count else "none"
    line = (
        f"Compute Engine describes {settings.vm_type} with {count} x {accelerator}, and this version's table with "
        f"{expected}: the run goes by Compute Engine's description"
    )
    return replace(settings, accelerator_type=accelerator, gpu_count=count), [line]


def _told(facts: MachineFacts) -> str:
    accelerators = "".join(f", {count} x {kind}" for kind, count in facts.accelerators)
    return f"{facts.vcpus} vCPUs, {facts.memory_gib:g} GiB{accelerators}"
