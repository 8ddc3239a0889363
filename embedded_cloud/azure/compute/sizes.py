"""Sizes of machines, what they cost of the quota, and where they are sold."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.failure import ArmError, not_emulated
from embedded_cloud.azure.references import everything
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.conditions import Conditions
    from embedded_cloud.store import Body, Store

LIMIT = 20000  # vCPUs of each family, and of all, where conditions.json says no other
ZONES = ("1", "2", "3")
LOCATION = re.compile(r"\s*location eq '([^']+)'\s*")
SCALE_SETS = "Microsoft.Compute/virtualMachineScaleSets"
# https://learn.microsoft.com/azure/reliability/regions-list (read 2026-11-22), as far as GPUs are sold there.
LOCATIONS = {
    "eastus": "East US",
    "eastus2": "East US 2",
    "southcentralus": "South Central US",
    "westus2": "West US 2",
    "westus3": "West US 3",
    "centralus": "Central US",
    "northcentralus": "North Central US",
    "canadacentral": "Canada Central",
    "mexicocentral": "Mexico Central",
    "westeurope": "West Europe",
    "northeurope": "North Europe",
    "swedencentral": "Sweden Central",
    "francecentral": "France Central",
    "germanywestcentral": "Germany West Central",
    "switzerlandnorth": "Switzerland North",
    "uksouth": "UK South",
    "italynorth": "Italy North",
    "spaincentral": "Spain Central",
    "polandcentral": "Poland Central",
    "australiaeast": "Australia East",
    "japaneast": "Japan East",
    "koreacentral": "Korea Central",
    "southeastasia": "Southeast Asia",
    "centralindia": "Central India",
    "uaenorth": "UAE North",
}
WITHOUT_ZONES = frozenset({"northcentralus"})


@dataclass(frozen=True)
class Size:
    """One row of sizes.toml."""

    cpus: int
    memory: int
    family: str
    gpus: int = 0
    untold_gpus: int = 0
    rdma: bool = False
    nvme: int = 0
    generations: str = "V1,V2"
    architecture: str = "x64"


@functools.cache
def sizes() -> dict[str, Size]:
    given = tomllib.loads((Path(__file__).parent / "sizes.toml").read_text())
    return {name: Size(**each) for name, each in given.items()}


def size(name: str) -> tuple[str, Size]:
    """A size as it is spelt, and what it is. Raises ArmError for one that nobody has."""
    found = next(((spelt, each) for spelt, each in sizes().items() if spelt.lower() == name.lower()), None)
    if found is None:
        raise ArmError(
            400,
            "InvalidParameter",
            f"The value {name} provided for the VM size is not valid. The valid sizes in the current region are: "
            f"{','.join(sizes())}.",
        )
    return found


def skus(call: Call) -> Answer:
    """Microsoft.Compute/skus, in the location that `$filter` names."""
    asked = call.request.one("$filter")
    named = LOCATION.fullmatch(asked)
    if asked and named is None:
        raise not_emulated(f"the filter {asked!r} of Microsoft.Compute/skus")
    places = [named[1].lower()] if named else list(LOCATIONS)
    return Answer.json({"value": [_sku(name, each, place) for place in places for name, each in sizes().items()]})


def usages(call: Call, location: str) -> Answer:
    """How much of its quota the subscription uses there."""
    counted = used(call.store, call.id.subscription, location)
    families = dict.fromkeys(each.family for each in sizes().values())
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
    """Raise ArmError where this scale set with so many machines would exceed the quota."""
    _, wanted = size(read(body, "sku.name"))
    location, subscription = body["location"], body["id"].split("/")[2]
    counted = used(call.store, subscription, location, without=body["id"])
    more = capacity * wanted.cpus
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
    given = conditions.quotas(location).get(name)
    return LIMIT if given is None else int(given)


def used(store: Store, subscription: str, location: str, without: str = "") -> dict[str, int]:
    """vCPUs in use, by the names of `usages`."""
    counted: dict[str, int] = {}
    for body in everything(store):
        if body.get("type") != SCALE_SETS or body["location"] != location or body["id"].lower() == without.lower():
            continue
        if body["id"].split("/")[2].lower() != subscription.lower():
            continue
        _, its = size(read(body, "sku.name"))
        cpus = its.cpus * int(read(body, "sku.capacity") or 0)
        for name in _quotas_of(body, its):
            counted[name] = counted.get(name, 0) + cpus
    return counted


def _quotas_of(scale_set: Body, its: Size) -> tuple[str, ...]:
    """The quotas that its machines count on, by the names of `usages`."""
    spot = read(scale_set, "properties.virtualMachineProfile.priority") in ("Spot", "Low")
    return ("lowPriorityCores",) if spot else (its.family, "cores")


def _sku(name: str, given: Size, location: str) -> dict[str, Any]:
    zones = [] if location in WITHOUT_ZONES else list(ZONES)
    capabilities = {
        "vCPUs": str(given.cpus),
        "MemoryGB": str(given.memory),
        "HyperVGenerations": given.generations,
        "CpuArchitectureType": given.architecture,
        "AcceleratedNetworkingEnabled": "True",
        "LowPriorityCapable": "True",
        "PremiumIO": "True",
        "RdmaEnabled": str(given.rdma),
        "EphemeralOSDiskSupported": str(bool(given.nvme)),
    }
    if given.gpus:
        capabilities["GPUs"] = str(given.gpus)
    return {
        "resourceType": "virtualMachines",
        "name": name,
        "tier": "Standard",
        "size": name.removeprefix("Standard_"),
        "family": given.family,
        "locations": [location],
        "locationInfo": [{"location": location, "zones": zones, "zoneDetails": []}],
        "capabilities": [{"name": key, "value": value} for key, value in capabilities.items()],
        "restrictions": [],
    }
