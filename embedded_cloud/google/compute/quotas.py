"""Quotas: how much of each metric a project may have (conditions.json, else ample), and has (what is in the store)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.quotas import cpu_metric, disk_metric, gpu_metric
from embedded_cloud.google.compute.machine_types import machine_type
from embedded_cloud.google.compute.places import region_of
from embedded_cloud.google.self_links import COMPUTE, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.google.call import Call
    from embedded_cloud.google.conditions import GoogleConditions
    from embedded_cloud.store import Body, Store

AMPLE = 1_000_000.0
GLOBAL = "global"
GRANTED = "x-granted"
"""Marks an instance that the quotas have room for, and that is counted since."""
# The metrics of projects.get; regions.get has the others. From the answers of real projects in public bug reports.
OF_PROJECTS = frozenset(
    [
        "BACKEND_BUCKETS",
        "BACKEND_SERVICES",
        "CPUS_ALL_REGIONS",
        "EXTERNAL_VPN_GATEWAYS",
        "FIREWALLS",
        "FORWARDING_RULES",
        "GLOBAL_EXTERNAL_MANAGED_BACKEND_SERVICES",
        "GLOBAL_EXTERNAL_MANAGED_FORWARDING_RULES",
        "GLOBAL_EXTERNAL_PROXY_LB_BACKEND_SERVICES",
        "GLOBAL_INTERNAL_ADDRESSES",
        "GLOBAL_INTERNAL_MANAGED_BACKEND_SERVICES",
        "GLOBAL_INTERNAL_TRAFFIC_DIRECTOR_BACKEND_SERVICES",
        "GPUS_ALL_REGIONS",
        "HEALTH_CHECKS",
        "IMAGES",
        "INSTANCE_TEMPLATES",
        "INTERCONNECTS",
        "INTERCONNECT_TOTAL_GBPS",
        "MACHINE_IMAGES",
        "NETWORKS",
        "NETWORK_FIREWALL_POLICIES",
        "PACKET_MIRRORINGS",
        "PUBLIC_ADVERTISED_PREFIXES",
        "PUBLIC_DELEGATED_PREFIXES",
        "ROUTERS",
        "ROUTES",
        "SECURITY_POLICIES",
        "SECURITY_POLICY_CEVAL_RULES",
        "SECURITY_POLICY_RULES",
        "SNAPSHOTS",
        "SSL_CERTIFICATES",
        "SSL_POLICIES",
        "STATIC_BYOIP_ADDRESSES",
        "SUBNETWORKS",
        "TARGET_HTTPS_PROXIES",
        "TARGET_HTTP_PROXIES",
        "TARGET_INSTANCES",
        "TARGET_POOLS",
        "TARGET_SSL_PROXIES",
        "TARGET_TCP_PROXIES",
        "TARGET_VPN_GATEWAYS",
        "URL_MAPS",
        "VPN_GATEWAYS",
        "VPN_TUNNELS",
        "XPN_SERVICE_PROJECTS",
    ]
)
OF_BOTH = frozenset({"IN_USE_ADDRESSES", "STATIC_ADDRESSES"})
COUNTED = {
    "networks": "NETWORKS",
    "subnetworks": "SUBNETWORKS",
    "firewalls": "FIREWALLS",
    "routers": "ROUTERS",
    "instanceTemplates": "INSTANCE_TEMPLATES",
    "instanceGroupManagers": "INSTANCE_GROUP_MANAGERS",
    "resourcePolicies": "RESOURCE_POLICIES",
    "reservations": "RESERVATIONS",
}
PREEMPTIBLE = ("SPOT", "FLEX_START")


def quotas(call: Call, place: str) -> list[Body]:
    """The quotas of a region or GLOBAL, with the usage of the call's project."""
    project = call.segments[1]
    used = usage(call.store, call.context.conditions, project, place)
    told = call.context.conditions.quotas(place)
    known = call.api.properties("Quota").get("metric", {}).get("enum", ())
    mine = [m for m in known if m in OF_BOTH or (m in OF_PROJECTS) == (place == GLOBAL)]
    limits = {metric: told.get(metric, AMPLE) for metric in mine}
    return [{"metric": m, "limit": float(x), "usage": float(used[m])} for m, x in limits.items() if x is not None]


def usage(store: Store, conditions: GoogleConditions, project: str, place: str) -> Counter[str]:
    """How much of each metric is used in a region, or in GLOBAL."""
    used: Counter[str] = Counter()
    for kind, region, body in _resources(store, project):
        if kind in COUNTED and place in (GLOBAL, region):
            used[COUNTED[kind]] += 1
        if kind == "instances" and place in (GLOBAL, region) and body.get(GRANTED):
            used.update(_of_instance(conditions, body))
        if kind == "addresses" and place == region and body.get("addressType") == "EXTERNAL":
            used["STATIC_ADDRESSES"] += 1
    return used


def refusal(store: Store, conditions: GoogleConditions, project: str, region: str, body: Body) -> str:
    """Compute Engine's refusal where the project's quotas have no room for this instance; empty where they have."""
    asked = _of_instance(conditions, body)
    for place in (region, GLOBAL):
        limits = conditions.quotas(place)
        used = usage(store, conditions, project, place) if limits else Counter()
        for metric, amount in asked.items():
            limit = limits.get(metric)
            if amount and limit is not None and used[metric] + amount > limit:
                where = "globally" if place == GLOBAL else f"in region {region}"
                return f"Quota '{metric}' exceeded.  Limit: {float(limit)} {where}."
    return ""


def _resources(store: Store, project: str) -> Iterator[tuple[str, str, Body]]:
    """Compute Engine's resources of the project: collection, region (empty for none), body."""
    start = f"{COMPUTE}projects/{project}/"
    for collection in store.collections():
        if not collection.startswith(start):
            continue
        scope, _, kind = collection.removeprefix(start).rpartition("/")
        part, _, where = scope.partition("/")
        region = region_of(where) if part == "zones" else where if part == "regions" else ""
        for body in store.each(collection).values():
            yield kind, region, body


def _of_instance(conditions: GoogleConditions, body: Body) -> Counter[str]:
    name = name_of(str(body["machineType"]))
    shape = machine_type(name, name, conditions)
    model = str((body.get("scheduling") or {}).get("provisioningModel", "STANDARD"))
    before = "PREEMPTIBLE_" if model in PREEMPTIBLE else ""
    used: Counter[str] = Counter(INSTANCES=1, CPUS_ALL_REGIONS=shape["guestCpus"])
    if metric := "PREEMPTIBLE_CPUS" if before else cpu_metric(name.partition("-")[0]):
        used[metric] += shape["guestCpus"]
    for kind, count in _gpus(shape, body):
        if metric := gpu_metric(kind):
            used[before + metric] += count
        used["GPUS_ALL_REGIONS"] += count
    for disk in (body.get("x-properties") or {}).get("disks") or ():
        given = disk.get("initializeParams") or {}
        if metric := disk_metric(name_of(str(given.get("diskType") or "pd-standard"))):
            used[metric] += int(given.get("diskSizeGb") or 0)
    used["IN_USE_ADDRESSES"] += sum(len(each.get("accessConfigs") or ()) for each in body["networkInterfaces"])
    return used


def _gpus(shape: dict[str, Any], body: Body) -> Iterator[tuple[str, int]]:
    for each in shape.get("accelerators", ()):
        yield str(each["guestAcceleratorType"]), int(each["guestAcceleratorCount"])
    for each in body.get("guestAccelerators") or ():
        if not shape.get("accelerators"):
            yield name_of(str(each["acceleratorType"])), int(each["acceleratorCount"])
