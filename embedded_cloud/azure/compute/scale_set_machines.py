"""A scale set's machine as Azure shows it, with its network interfaces, made from the set's model."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read, with_value, without
from embedded_cloud.azure.compute.scale_sets import COMING, FLEXIBLE, MACHINE, NUMBER, OWNER, STATE
from embedded_cloud.azure.defaults.network import addresses, free_address
from embedded_cloud.azure.identifiers import mac_address
from embedded_cloud.azure.ids import parse
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.store import Body, Store

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PROFILE = "properties.virtualMachineProfile"
FLEXIBLE_INTERFACE = "Microsoft.Network/networkInterfaces"
UNIFORM_INTERFACE = f"{MACHINE}/networkInterfaces"


def new_machine(store: Store, scale_set: Body, number: int) -> tuple[Body, list[Body]]:
    """The set's machine of this number, before it has booted, and its network interfaces."""
    uniform = read(scale_set, "properties.orchestrationMode") == "Uniform"
    group = parse(scale_set["id"])
    base = f"/subscriptions/{group.subscription}/resourceGroups/{group.group}/providers"
    prefix = read(scale_set, f"{PROFILE}.osProfile.computerNamePrefix") or scale_set["name"]
    if uniform:
        name, path = f"{scale_set['name']}_{number}", f"{scale_set['id']}/virtualMachines/{number}"
        host = f"{prefix}{_base36(number, 6)}"
    else:
        name = f"{scale_set['name']}_{_letters(store, scale_set['id'], number, 8)}"
        path = f"{base}/{FLEXIBLE}/{name}"
        host = f"{prefix}{_letters(store, scale_set['id'] + ' host', number, 6).upper()}"
    zones = scale_set.get("zones") or []
    profile = read(scale_set, PROFILE) or {}
    shapes = read(profile, "networkProfile.networkInterfaceConfigurations") or []
    nics = [_interface(store, scale_set, path, shape, uniform=uniform) for shape in shapes]
    body: Body = {
        "id": path,
        "name": name,
        "type": MACHINE if uniform else FLEXIBLE,
        "location": scale_set["location"],
        **({"tags": scale_set["tags"]} if scale_set.get("tags") else {}),
        **({"zones": [zones[number % len(zones)]]} if zones else {}),
        **({"identity": scale_set["identity"]} if scale_set.get("identity") else {}),
        **({"plan": scale_set["plan"]} if scale_set.get("plan") else {}),
        "properties": {
            "vmId": str(uuid.uuid4()),
            "provisioningState": "Creating",
            "timeCreated": zulu(),
            "hardwareProfile": {"vmSize": read(scale_set, "sku.name")},
            "storageProfile": _storage(name, read(profile, "storageProfile") or {}),
            "osProfile": _system(host, read(profile, "osProfile") or {}),
            "networkProfile": {
                "networkInterfaces": [
                    {"id": nic["id"], "properties": {"primary": read(nic, "properties.primary")}} for nic in nics
                ]
            },
        },
        OWNER: scale_set["id"],
        NUMBER: number,
        STATE: COMING,
    }
    for each in ("priority", "evictionPolicy", "securityProfile", "diagnosticsProfile", "billingProfile"):
        if read(profile, each) is not None:
            body = with_value(body, f"properties.{each}", read(profile, each))
    if uniform:
        shown = {"networkInterfaceConfigurations": shapes}
        body |= {"instanceId": str(number), "sku": {"name": read(scale_set, "sku.name"), "tier": "Standard"}}
        body = with_value(
            with_value(body, "properties.latestModelApplied", True), "properties.networkProfileConfiguration", shown
        )
        body = with_value(body, "properties.modelDefinitionApplied", "VirtualMachineScaleSet")
    else:
        body = with_value(body, "properties.virtualMachineScaleSet", {"id": scale_set["id"]})
    return body, nics


def at_address(nic: Body, address: str) -> Body:
    """The interface with the machine's real address on its first configuration."""
    first, *others = read(nic, "properties.ipConfigurations")
    return with_value(
        nic, "properties.ipConfigurations", [with_value(first, "properties.privateIPAddress", address), *others]
    )


def _interface(store: Store, scale_set: Body, machine: str, shape: Body, *, uniform: bool) -> Body:
    name = shape["name"]
    if uniform:
        path, kind = f"{machine}/networkInterfaces/{name}", UNIFORM_INTERFACE
    else:
        short = f"{name}-{store.number(machine + name, 16**8):08x}"
        path, kind = (
            f"{machine.rpartition('/providers/')[0]}/providers/{FLEXIBLE_INTERFACE}/{short}",
            FLEXIBLE_INTERFACE,
        )
    given = shape.get("properties") or {}
    taken, configurations = set(addresses(store)), []
    for each in given.get("ipConfigurations") or ():
        its = each.get("properties") or {}
        address = free_address(store, its["subnet"]["id"], taken)
        taken.add(address)
        kept = {
            field: its[field]
            for field in ("subnet", "primary", "privateIPAddressVersion", "loadBalancerBackendAddressPools")
            if its.get(field) is not None
        }
        configurations.append(
            {
                "name": each["name"],
                "id": f"{path}/ipConfigurations/{each['name']}",
                "type": f"{kind}/ipConfigurations",
                "properties": {
                    "provisioningState": "Succeeded",
                    "privateIPAddress": address,
                    "privateIPAllocationMethod": "Dynamic",
                    "privateIPAddressVersion": "IPv4",
                    **kept,
                },
            }
        )
    security = {"networkSecurityGroup": given["networkSecurityGroup"]} if given.get("networkSecurityGroup") else {}
    return {
        "id": path,
        "name": path.rpartition("/")[2],
        "type": kind,
        "etag": f'W/"{uuid.uuid4()}"',
        **({} if uniform else {"location": scale_set["location"], "tags": scale_set.get("tags") or {}}),
        "properties": {
            "provisioningState": "Succeeded",
            "resourceGuid": str(uuid.uuid4()),
            "ipConfigurations": configurations,
            "dnsSettings": {"dnsServers": [], "appliedDnsServers": []},
            "macAddress": mac_address(store, path),
            "enableAcceleratedNetworking": bool(given.get("enableAcceleratedNetworking")),
            "enableIPForwarding": bool(given.get("enableIPForwarding")),
            "primary": bool(given.get("primary")),
            "virtualMachine": {"id": machine},
            **security,
        },
    }


def _storage(name: str, model: Body) -> Body:
    disk = dict(model.get("osDisk") or {})
    disk["name"] = f"{name}_OsDisk_1"
    return {"imageReference": model.get("imageReference"), "osDisk": disk, "dataDisks": model.get("dataDisks") or []}


def _system(host: str, model: Body) -> Body:
    kept = without(without(without(model, "computerNamePrefix"), "customData"), "adminPassword")
    return {"computerName": host, **kept}


def _base36(number: int, length: int) -> str:
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text.upper()


def _letters(store: Store, what: str, number: int, length: int) -> str:
    """Random to look at, the same again for a store with the same seed."""
    return _base36(store.number(f"{what} {number}", 36**length), length).lower()
