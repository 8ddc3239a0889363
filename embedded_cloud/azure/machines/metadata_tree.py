"""The tree of the instance metadata service: `compute` and `network`, as of version 2021-02-01."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.ids import parse

if TYPE_CHECKING:
    from embedded_cloud.machines.base import Instance

Tree = dict[str, Any]

ADMIN = "azureuser"


def tree_of(instance: Instance, address: str) -> Tree:
    """All of it, for the machine that has `address`."""
    return {"compute": _compute(instance), "network": _network(instance, address)}


def _compute(instance: Instance) -> Tree:
    given = instance.properties
    resource = parse(given["resource"])
    image = read(given, "storageProfile.imageReference") or {}
    system = given.get("osProfile") or {}
    tags = given.get("tags") or {}
    security = read(given, "securityProfile.uefiSettings") or {}
    plan = given.get("plan") or {}
    return {
        "azEnvironment": "AzurePublicCloud",
        "customData": "",  # deprecated, and always empty
        "evictionPolicy": given.get("evictionPolicy") or "",
        "isHostCompatibilityLayerVm": "false",
        "licenseType": "",
        "location": given["location"],
        "name": given["name"],
        "offer": image.get("offer") or "",
        "osProfile": {
            "adminUsername": system.get("adminUsername") or ADMIN,
            "computerName": instance.name,
            "disablePasswordAuthentication": "true",
        },
        "osType": "Linux",
        "placementGroupId": given.get("placementGroup") or "",
        "plan": {each: plan.get(each) or "" for each in ("name", "product", "publisher")},
        "platformFaultDomain": str(given.get("faultDomain") or 0),
        "platformUpdateDomain": str(given.get("faultDomain") or 0),
        "priority": given.get("priority") or "",
        "provider": "Microsoft.Compute",
        "publicKeys": read(system, "linuxConfiguration.ssh.publicKeys") or [],
        "publisher": image.get("publisher") or "",
        "resourceGroupName": resource.group,
        "resourceId": given["resource"],
        "securityProfile": {
            "secureBootEnabled": str(bool(security.get("secureBootEnabled"))).lower(),
            "virtualTpmEnabled": str(bool(security.get("vTpmEnabled"))).lower(),
        },
        "sku": image.get("sku") or "",
        "storageProfile": {
            "dataDisks": [],
            "imageReference": {each: image.get(each) or "" for each in ("id", "offer", "publisher", "sku", "version")},
            "osDisk": {"name": read(given, "storageProfile.osDisk.name") or "", "osType": "Linux"},
        },
        "subscriptionId": instance.project,
        "tags": ";".join(f"{name}:{value}" for name, value in tags.items()),
        "tagsList": [{"name": name, "value": value} for name, value in tags.items()],
        "userData": "",
        "version": image.get("exactVersion") or image.get("version") or "",
        "virtualMachineScaleSet": {"id": instance.group_key},
        "vmId": instance.id,
        "vmScaleSetName": parse(instance.group_key).name,
        "vmSize": read(given, "hardwareProfile.vmSize"),
        "zone": given.get("zone") or "",
    }


def _network(instance: Instance, address: str) -> Tree:
    block, _, length = str(instance.properties.get("subnet") or "").partition("/")
    card: Tree = {
        "ipv4": {
            "ipAddress": [{"privateIpAddress": address, "publicIpAddress": ""}],
            "subnet": [{"address": block, "prefix": length}],
        },
        "ipv6": {"ipAddress": []},
        "macAddress": instance.properties.get("macAddress") or "",
    }
    return {"interface": [card]}
