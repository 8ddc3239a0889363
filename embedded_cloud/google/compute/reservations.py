"""Reservations: how much of each is in use, and why an instance can't be taken from one.

Texts: kubernetes/autoscaler, cluster-autoscaler/cloudprovider/gce, its client's tests (2026-08-22), and
https://github.com/skypilot-org/skypilot/issues/3327 (2024).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.compute import resources
from embedded_cloud.google.compute.references import find
from embedded_cloud.google.self_links import COMPUTE, name_of, path_of

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body, Store

KEY = "compute.googleapis.com/reservation-name"
TAKEN_FROM = "x-reservation"
"""The mark on an instance: the path of the reservation that it was taken from."""
NOT_MET = "CONDITION_NOT_MET"
ELSEWHERE = re.compile(r"projects/(?P<project>[^/]+)/reservations/(?P<name>[^/]+)(/reservationBlocks/.*)?")


def get(call: Call) -> Body:
    """reservations.get, with the present usage."""
    return _shown(call.store, resources.body_at(call, resources.path(call)))


def listing(call: Call) -> Body:
    """reservations.list."""
    rows = call.store.each(COMPUTE + "/".join(call.segments)).values()
    return resources.listing(call, [_shown(call.store, each) for each in rows])


def take(store: Store, instance: Body) -> tuple[str, str] | None:
    """Take the instance from the reservation that it names. Returns code and message where that is impossible."""
    affinity = instance.get("reservationAffinity") or {}
    if affinity.get("consumeReservationType") != "SPECIFIC_RESERVATION" or affinity.get("key") != KEY:
        return None
    _, project, _, zone, *_ = path_of(instance["selfLink"], "").split("/")
    for value in affinity.get("values") or ():
        named = ELSEWHERE.fullmatch(value)
        owner, name = (named["project"], named["name"]) if named else (project, value)
        path = f"projects/{owner}/zones/{zone}/reservations/{name}"
        problem = _problem(store, instance, path, name, shared=owner != project)
        if problem:
            return NOT_MET, problem
        collection = COMPUTE + f"projects/{project}/zones/{zone}/instances"
        store.put(collection, instance["name"], {**instance, TAKEN_FROM: path})
    return None


def _problem(store: Store, instance: Body, path: str, name: str, *, shared: bool) -> str:
    found = find(store, path)
    if found is None:
        return f"Specified reservation '{name}' does not exist."
    if shared and not _shared_with(found, path_of(instance["selfLink"], "").split("/")[1]):
        return "The reservation must exist in the same project as the instance."
    if found["status"] != "READY":
        return (
            f"Cannot create instance in reservation with status: {found['status']}, as it requires reservation to be "
            "in READY state."
        )
    if not found.get("specificReservationRequired"):
        return f"Reservation '{name}' can not be targeted as specificReservationRequired is not set."
    sku = found.get("specificReservation") or {}
    wanted = (sku.get("instanceProperties") or {}).get("machineType", "")
    free = int(sku.get("count") or 0) - _used(store, path, but=instance["id"])
    if name_of(wanted) != name_of(instance["machineType"]) or free < 1:
        return f"Specified reservation '{name}' does not have available resources for the request."
    return ""


def _shared_with(reservation: Body, project: str) -> bool:
    settings: dict[str, Any] = reservation.get("shareSettings") or {}
    return settings.get("shareType") == "SPECIFIC_PROJECTS" and project in (settings.get("projectMap") or {})


def _used(store: Store, path: str, *, but: str = "") -> int:
    return sum(
        1
        for collection in store.collections()
        if collection.startswith(COMPUTE) and collection.endswith("/instances")
        for body in store.each(collection).values()
        if body.get(TAKEN_FROM) == path and body["id"] != but
    )


def _shown(store: Store, body: Body) -> Body:
    sku = body.get("specificReservation")
    if not sku:
        return resources.shown(body)
    used = str(_used(store, path_of(body["selfLink"], "")))
    return resources.shown({**body, "specificReservation": {**sku, "inUseCount": used}})
