"""The controller's data disk: what it costs, and how it outlives its cluster where DELETE_FILE_SHARES=no."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from cloud_facts.azure.disks import premium_ssd_monthly
from cluster_provision.price import dollars
from cluster_provision.state.base import HeldInstance
from cluster_provision.targets.azure.group import KIND as GROUP

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.settings import AzureSettings
    from cluster_provision.state.base import StateFacts

DISKS = "2023-04-02"
"""The API version that azurerm 5.2.0 uses."""

DISK = "azurerm_managed_disk"
DISK_TYPE = "microsoft.compute/disks"
DISK_ADDRESS = "module.data_disk.azurerm_managed_disk.this"
GROUP_ADDRESS = "module.resource_group.azurerm_resource_group.this[0]"
"""The addresses of both in the state of terraform/azure/slurm."""


def disk_id(settings: AzureSettings) -> str:
    """Azure's id of the disk that terraform/azure/slurm makes."""
    group = f"/subscriptions/{settings.subscription_id}/resourceGroups/{settings.resource_group}"
    return f"{group}/providers/Microsoft.Compute/disks/{settings.name_prefix}-data"


def earlier_disks(settings: AzureSettings, cloud: Azure, label: str, facts: StateFacts) -> tuple[HeldInstance, ...]:
    """The data disk of an earlier cluster of this name, as the state would hold it; empty where the state has one.

    It carries the cluster's tag, `label`, in whichever resource group it is.
    """
    if DISK in facts.kinds:
        return ()
    name = disk_id(settings).rpartition("/")[2]
    found = [each.id for each in cloud.tagged(label) if each.type == DISK_TYPE and each.name.casefold() == name]
    told = [cloud.find(each, DISKS, f"looking at disk {name}") for each in found]
    return tuple(HeldInstance(DISK, "", _attributes(each)) for each in told if each is not None)


def kept(settings: AzureSettings, cloud: Azure, facts: StateFacts, say: Callable[[str], None]) -> tuple[str, ...]:
    """The addresses in the state of what Destroy leaves where DELETE_FILE_SHARES=no: the disk, and a group of the
    cluster's own that holds it. `say` prints what becomes of the disk."""
    found = cloud.find(disk_id(settings), DISKS, "looking up the controller's data disk")
    if found is None:
        return ()
    size, name = int(_attributes(found)["disk_size_gb"]), f"{settings.name_prefix}-data"
    if not settings.keep_data_disk:
        say(f"  disk {name} of {size} GB goes, with {settings.data_disk_holds} on it")
        return ()
    price = premium_ssd_monthly(size, settings.location)
    money = "money" if price is None else f"{dollars(price)} USD a month"
    say(f"  disk {name} of {size} GB stays with {settings.data_disk_holds}, in resource group")
    say(f"  {settings.resource_group}, and costs {money}. Create takes it again; Destroy without DELETE_FILE_SHARES=no")
    say("  deletes it, and so does")
    say(f"    az resource delete --ids {shlex.quote(disk_id(settings))}")
    held = ((DISK, DISK_ADDRESS), (GROUP, GROUP_ADDRESS))
    return tuple(address for kind, address in held if kind in facts.kinds)


def _attributes(told: dict[str, Any]) -> dict[str, Any]:
    """What azurerm 5.2.0 keeps of the disk that Azure tells of so."""
    properties, zones = told.get("properties") or {}, told.get("zones") or [""]
    return {
        "name": told.get("name"),
        "zone": zones[0],
        "location": told.get("location"),
        "resource_group_name": str(told.get("id")).split("/")[4],
        "disk_size_gb": properties.get("diskSizeGB") or 0,
    }
