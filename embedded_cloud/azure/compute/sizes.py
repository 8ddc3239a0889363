"""Sizes of machines, what they cost of the quota, and where they are sold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cloud_facts.azure import machine_types
from cloud_facts.azure.machine_types import known_sizes
from cloud_facts.azure.regions import regions
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.failure import ArmError, not_emulated
from embedded_cloud.azure.references import everything
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from cloud_facts.azure.machine_types import Size
    from embedded_cloud.azure.call import Call
    from embedded_cloud.conditions import Conditions
    from embedded_cloud.store import Body, Store

LIMIT = 20000  # vCPUs of each family, and of all, where conditions.json says no other
LOCATION = re.compile(r"\s*location eq '([^']+)'\s*")
SCALE_SETS = "Microsoft.Compute/virtualMachineScaleSets"
MACHINES = "Microsoft.Compute/virtualMachines"


def size(name: str) -> Size:
    """A size, its name in any case. Raises ArmError for one that nobody has."""
    found = machine_types.size(name)
    if found is None:
        raise ArmError(
            400,
            "InvalidParameter",
            f"The value {name} provided for the VM size is not valid. The valid sizes in the current region are: "
            f"{','.join(each.name for each in known_sizes().values())}.",
        )
    return found


def skus(call: Call) -> Answer:
    """Microsoft.Compute/skus, in the location that `$filter` names."""
    asked = call.request.one("$filter")
    named = LOCATION.fullmatch(asked)
    if asked and named is None:
        raise not_emulated(f"the filter {asked!r} of Microsoft.Compute/skus")
    places = [named[1].lower()] if named else list(regions())
    return Answer.json({"value": [_sku(each, place) for place in places for each in known_sizes().values()]})


def usages(call: Call, location: str) -> Answer:
    """How much of its quota the subscription uses there."""
    counted = used(call.store, call.id.subscription, location)
    families = dict.fromkeys(each.family for each in known_sizes().values())
    names = {"cores": "Total Regional vCPUs", "lowPriorityCores": "Total Regional Low-priority vCPUs"}
    names |= {family: f"{family} vCPUs" for family in families}
    return Answer.json(
        {
            "value": [
                {
                    "unit": "Count",
                    "currentValue": counted.get(name, 0),
                    "limit": limit(call.context.conditions, location, name),
                    "name": {"value": name, "localizedValue": shown},
                }
                for name, shown in names.items()
            ]
        }
    )


def check_quota(call: Call, body: Body, capacity: int) -> None:
    """Raise ArmError where this scale set with so many machines, or this single machine, would exceed the quota."""
    wanted = size(_size_of(body))
    location, subscription = body["location"], body["id"].split("/")[2]
    counted = used(call.store, subscription, location, without=body["id"])
    more = capacity * wanted.vcpus
    for name in _quotas_of(body, wanted):
        present = counted.get(name, 0)
        most = limit(call.context.conditions, location, name)
        if present + more > most:
            shown = {"cores": "Total Regional", "lowPriorityCores": "LowPriority"}.get(name, name)
            what = f"{shown}Cores" if name == "lowPriorityCores" else f"{shown} Cores"
            raise ArmError(
                409,
                "OperationNotAllowed",
                f"Operation could not be completed as it results in exceeding approved {what} quota. Additional details"
                f" - Deployment Model: Resource Manager, Location: {location}, Current Limit: {most}, Current Usage: "
                f"{present}, Additional Required: {more}, (Minimum) New Limit Required: {present + more}. Setup Alerts "
                "when Quota reaches threshold. Learn more at https://aka.ms/quotamonitoringalerting . Submit a request"
                " for Quota increase.",
            )


def limit(conditions: Conditions, location: str, name: str) -> int:
    """How many vCPUs of a family, or of all, the subscription may use there."""
    given = {each.casefold(): value for each, value in conditions.quotas(location).items()}.get(name.casefold())
    return LIMIT if given is None else int(given)


def used(store: Store, subscription: str, location: str, without: str = "") -> dict[str, int]:
    """vCPUs in use, by the names of `usages`."""
    counted: dict[str, int] = {}
    for body in everything(store):
        if not _counts(body) or body["location"] != location or body["id"].lower() == without.lower():
            continue
        if body["id"].split("/")[2].lower() != subscription.lower():
            continue
        its = size(_size_of(body))
        cpus = its.vcpus * (int(read(body, "sku.capacity") or 0) if body["type"] == SCALE_SETS else 1)
        for name in _quotas_of(body, its):
            counted[name] = counted.get(name, 0) + cpus
    return counted


def _counts(body: Body) -> bool:
    """Whether it is a scale set, or a machine outside of scale sets."""
    return body.get("type") == SCALE_SETS or (
        body.get("type") == MACHINES and not read(body, "properties.virtualMachineScaleSet")
    )


def _size_of(body: Body) -> str:
    return str(read(body, "sku.name" if body["type"] == SCALE_SETS else "properties.hardwareProfile.vmSize"))


def _quotas_of(body: Body, its: Size) -> tuple[str, ...]:
    """The quotas that its machines count on, by the names of `usages`."""
    profile = "properties.virtualMachineProfile" if body["type"] == SCALE_SETS else "properties"
    spot = read(body, f"{profile}.priority") in ("Spot", "Low")
    return ("lowPriorityCores",) if spot else (its.family, "cores")


def hypervisor_generations(its: Size) -> str:
    """As the API writes them: V1,V2."""
    return ",".join(f"V{each}" for each in its.generation)


def _sku(given: Size, location: str) -> dict[str, Any]:
    place = regions().get(location)
    zones = list(place.zones) if place else []
    capabilities = {
        "vCPUs": str(given.vcpus),
        "MemoryGB": str(given.memory_gb),
        "HyperVGenerations": hypervisor_generations(given),
        "CpuArchitectureType": "Arm64" if given.arm else "x64",
        "AcceleratedNetworkingEnabled": "True",
        "LowPriorityCapable": "True",
        "PremiumIO": "True",
        "RdmaEnabled": str(given.infiniband),
        "EphemeralOSDiskSupported": str(bool(given.nvme_disks)),
    }
    if given.gpus and given.gpus_told:
        capabilities["GPUs"] = str(given.gpus)
    return {
        "resourceType": "virtualMachines",
        "name": given.name,
        "tier": "Standard",
        "size": given.name.removeprefix("Standard_"),
        "family": given.family,
        "locations": [location],
        "locationInfo": [{"location": location, "zones": zones, "zoneDetails": []}],
        "capabilities": [{"name": key, "value": value} for key, value in capabilities.items()],
        "restrictions": [],
    }
