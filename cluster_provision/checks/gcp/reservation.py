"""Checks that the reservation exists and holds the machines that the cluster takes from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.gcp.machine_pools import named_in, to_make
from cluster_provision.errors import CapacityError, ProvisionError, SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.machine_pools import MachinePool
    from cluster_provision.checks.gcp.subject import GcpSubject
    from cluster_provision.clouds.gcp.catalogue import ReservationFacts

NAME = "reservation"


def reservation(subject: GcpSubject) -> Finding:
    """Look up RESERVATION_NAME in each zone that gets machines. A reservation is zonal and of one machine type."""
    if subject.settings.reservation_name is None:
        return Finding()
    by_zone: dict[str, list[tuple[MachinePool, int]]] = {}
    for pool, count in to_make(subject, subject.zone):
        if pool.count:
            by_zone.setdefault(pool.zone, []).append((pool, count))
    if not by_zone:
        return Finding((Check(NAME, "ok", "the cluster takes no machine from it"),))
    found = [_in_zone(subject, zone, taking) for zone, taking in by_zone.items()]
    return Finding(
        tuple(row for each in found for row in each.checks),
        tuple(failure for each in found for failure in each.failures),
    )


def _in_zone(subject: GcpSubject, zone: str, taking: list[tuple[MachinePool, int]]) -> Finding:
    name = subject.settings.reservation_name or ""
    where = f"RESERVATION_NAME={name}"
    found = subject.catalogue.reservation(zone, name)
    if found is None:
        return _failed(f"not there in {zone}", SettingsError((f"{where}: zone {zone} has no such reservation",)))
    others = dict.fromkeys(m.machine_type for m, _ in taking if found.machine_type not in ("", m.machine_type))
    if others:
        problem = f"it holds machines of {found.machine_type}"
        named = ", ".join(named_in(subject.settings, kind) for kind in others)
        return _failed(problem, SettingsError((f"{where}: {problem}, not {named}",)))
    if not found.by_name:
        problem = "any machine that fits uses it, and no machine may name it"
        advice = "leave RESERVATION_NAME out: machines that fit use it anyway"
        return _failed(problem, SettingsError((f"{where}: {problem} (specificReservationRequired); {advice}",)))
    if found.status != "READY":
        problem = f"it is {found.status.lower()}, not ready yet"
        return _failed(problem, CapacityError(f"{where}: {problem}", "Run the same command again when it is ready."))
    return _free(subject, zone, found, sum(count for _, count in taking))


def _free(subject: GcpSubject, zone: str, found: ReservationFacts, needed: int) -> Finding:
    if found.free is None:
        return Finding((Check(NAME, "ok", f"there in {zone}"),))
    told = f"{needed} needed, {found.free} free in {zone}"
    if needed > found.free:
        named = subject.settings.reservation_name or ""
        owner, _, own = named.removeprefix("projects/").rpartition("/reservations/")
        project = owner or subject.settings.project_id
        advice = (
            "Wait until machines are free, or make the cluster smaller. What the reservation holds, and what is in "
            f"use:\n  gcloud compute reservations describe {own} --project={project} --zone={zone}"
        )
        return _failed(told, CapacityError(f"RESERVATION_NAME={named}: {told}", advice))
    return Finding((Check(NAME, "ok", told),))


def _failed(detail: str, failure: ProvisionError) -> Finding:
    return Finding((Check(NAME, "failed", detail),), (failure,))
