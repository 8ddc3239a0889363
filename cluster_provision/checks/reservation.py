"""Whether the reservation that the machines are to be taken from is there, and holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.wanted import to_make
from cluster_provision.errors import CapacityError, ProvisionError, SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.base import Subject
    from cluster_provision.clouds.gcp_catalogue import ReservationFacts

NAME = "reservation"


def reservation(subject: Subject) -> Finding:
    """RESERVATION_NAME in the zone that is tried; each zone has its own."""
    settings = subject.settings
    if settings.reservation_name is None:
        return Finding()
    where = f"RESERVATION_NAME={settings.reservation_name}"
    found = subject.catalogue.reservation(subject.zone, settings.reservation_name)
    if found is None:
        return _failed("not there", SettingsError((f"{where}: zone {subject.zone} has no such reservation",)))
    if found.machine_type not in ("", settings.vm_type):
        problem = f"it holds machines of {found.machine_type}"
        return _failed(problem, SettingsError((f"{where}: {problem}, not VM_TYPE={settings.vm_type}",)))
    if found.status != "READY":
        problem = f"it is {found.status.lower()}, not ready yet"
        return _failed(problem, CapacityError(f"{where}: {problem}", "Run the same command again when it is ready."))
    return _free(subject, found, where)


def _free(subject: Subject, found: ReservationFacts, where: str) -> Finding:
    if found.free is None:
        return Finding((Check(NAME, "ok", f"there in {subject.zone}"),))
    needed = sum(count for machines, count in to_make(subject, subject.zone) if machines.reservation)
    told = f"{needed} needed, {found.free} free in {subject.zone}"
    if needed > found.free:
        advice = "Wait until machines are free, make the cluster smaller, or see who uses the reservation: "
        return _failed(told, CapacityError(f"{where}: {told}", f"{advice}gcloud compute reservations describe."))
    return Finding((Check(NAME, "ok", told),))


def _failed(detail: str, failure: ProvisionError) -> Finding:
    return Finding((Check(NAME, "failed", detail),), (failure,))
