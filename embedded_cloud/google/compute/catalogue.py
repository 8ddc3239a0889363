"""Machine types and accelerator types, zone by zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.machine_types import most_gpus
from embedded_cloud.google.compute.initial_resource import existing
from embedded_cloud.google.compute.machine_types import machine_type
from embedded_cloud.google.compute.places import region_of, seen_zones
from embedded_cloud.google.failure import ApiError, not_found
from embedded_cloud.google.filters import compile_filter
from embedded_cloud.google.self_links import link

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body


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
    most = most_gpus(name)
    if not most and not told:
        raise not_found("/".join(call.resource))
    start = existing(
        "acceleratorType", "/".join(call.resource), zone=where, description=name, maximumCardsPerInstance=most
    )
    return {**start, **told}


def _machine_type(call: Call, project: str, zone: str, name: str) -> Body | None:
    conditions = call.context.conditions
    if zone not in conditions.described("machine_types", name).get("zones", [zone]):
        return None
    path = f"projects/{project}/zones/{zone}/machineTypes/{name}"
    try:
        return existing("machineType", path, zone=zone, **machine_type(name, path, conditions))
    except ApiError:
        return None


def _none(zone: str) -> dict[str, Any]:
    message = f"There are no results for scope 'zones/{zone}' on this page."
    data = [{"key": "scope", "value": f"zones/{zone}"}]
    return {"warning": {"code": "NO_RESULTS_ON_PAGE", "message": message, "data": data}}
