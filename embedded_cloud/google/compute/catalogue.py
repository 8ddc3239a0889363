"""Machine types and accelerator types, zone by zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.google.compute.initial_resource import existing
from embedded_cloud.google.compute.machine_types import machine_type
from embedded_cloud.google.compute.places import region_of, seen_zones
from embedded_cloud.google.failure import not_found
from embedded_cloud.google.filters import compile_filter
from embedded_cloud.google.self_links import link

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

# The most cards that one machine takes: https://docs.cloud.google.com/compute/docs/gpus, 2026-04-14.
MOST_CARDS = {
    "nvidia-tesla-t4": 4,
    "nvidia-tesla-t4-vws": 4,
    "nvidia-tesla-p4": 4,
    "nvidia-tesla-p4-vws": 4,
    "nvidia-tesla-p100": 4,
    "nvidia-tesla-p100-vws": 4,
    "nvidia-tesla-v100": 8,
    "nvidia-l4": 8,
    "nvidia-tesla-a100": 16,
    "nvidia-gb200": 4,
    "nvidia-gb300": 4,
}
MOST_OF_OTHERS = 8


def a_machine_type(call: Call, _p: str, project: str, _z: str, zone: str, _m: str, name: str) -> Body:
    """machineTypes.get."""
    region_of(zone)
    found = _machine_type(call, project, zone, name)
    if found is None:
        raise not_found("/".join(call.resource))
    return found


def machine_types_everywhere(call: Call, _p: str, project: str, *_: str) -> Body:
    """machineTypes.aggregatedList, of the names in its filter only: no list of all types is known."""
    text = call.one("filter")
    fits = compile_filter(text)
    names = [part.strip("\"'") for part in text.replace("=", " ").replace(":", " ").split() if "-" in part]
    items: dict[str, Body] = {}
    for zone in seen_zones():
        found = [each for name in names if (each := _machine_type(call, project, zone, name)) and fits(each)]
        items[f"zones/{zone}"] = {"machineTypes": found} if found else _none(zone)
    where = "/".join(call.segments)
    return {"kind": "compute#machineTypeAggregatedList", "id": where, "items": items, "selfLink": link(where)}


def an_accelerator_type(call: Call, _p: str, _project: str, _z: str, zone: str, _a: str, name: str) -> Body:
    """acceleratorTypes.get."""
    region_of(zone)
    told = call.context.conditions.described("accelerator_types", name)
    if zone not in told.pop("zones", [zone]):
        raise not_found("/".join(call.resource))
    where = link("/".join(call.resource[:4]))
    most = MOST_CARDS.get(name, MOST_OF_OTHERS)
    start = existing(
        "acceleratorType", "/".join(call.resource), zone=where, description=name, maximumCardsPerInstance=most
    )
    return {**start, **told}


def _machine_type(call: Call, project: str, zone: str, name: str) -> Body | None:
    told = call.context.conditions.described("machine_types", name)
    if zone not in told.pop("zones", [zone]):
        return None
    path = f"projects/{project}/zones/{zone}/machineTypes/{name}"
    return {**existing("machineType", path, zone=zone, **machine_type(name, path)), **told}


def _none(zone: str) -> dict[str, Any]:
    message = f"There are no results for scope 'zones/{zone}' on this page."
    data = [{"key": "scope", "value": f"zones/{zone}"}]
    return {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": message, "data": data}}
