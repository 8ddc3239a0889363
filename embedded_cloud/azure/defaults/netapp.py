"""Azure NetApp Files: pools have volumes that fit in, which take an address of a subnet of their own.

Sources: learn.microsoft.com/azure/azure-netapp-files (azure-netapp-files-resource-limits, -delegate-subnet,
-service-levels), and what azurerm 5.2.0 reads back (read 2026-12-01).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.defaults.network import free_address
from embedded_cloud.azure.failure import ArmError, invalid
from embedded_cloud.azure.ids import parse
from embedded_cloud.azure.references import everything, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

VOLUME = "Microsoft.NetApp/netAppAccounts/capacityPools/volumes"
DELEGATED = "microsoft.netapp/volumes"
TIB = 2**40
# MiB a second for each TiB of a volume, by service level.
THROUGHPUT = {"standard": 16.0, "premium": 64.0, "ultra": 128.0}
SUBNET = "x-subnet"
"""The volume's reference to its subnet, which its body has as a plain text."""


def pool(call: Call, old: Body | None, body: Body) -> Body:
    """Complete a pool. It never becomes smaller than its volumes."""
    size = int(read(body, "properties.size"))
    if size < TIB or size % TIB:
        raise invalid("The pool size is not valid: it must be a whole number of TiB, at least 1.")
    taken = sum(int(read(each, "properties.usageThreshold")) for each in _volumes(call, body["id"]))
    if size < taken:
        raise ArmError(
            400, "PoolSizeTooSmall", f"Pool size {size} is too small for the volumes in it, which take {taken} bytes."
        )
    _require_parent(call)
    return body


def volume(call: Call, old: Body | None, body: Body) -> Body:
    """Complete a volume, with its address in the delegated subnet."""
    _require_parent(call)
    holder = find(call.store, parse(body["id"]).parent) or {}
    size = int(read(body, "properties.usageThreshold"))
    others = sum(
        int(read(each, "properties.usageThreshold"))
        for each in _volumes(call, holder["id"])
        if each["id"].lower() != body["id"].lower()
    )
    if size + others > int(read(holder, "properties.size")):
        raise ArmError(400, "PoolSizeTooSmall", f"Pool {holder['name']} has no room for a volume of {size} bytes.")
    subnet = str(read(body, "properties.subnetId"))
    found = find(call.store, subnet)
    delegations = (read(found, "properties.delegations") or ()) if found else ()
    if not any(str(read(each, "properties.serviceName")).lower() == DELEGATED for each in delegations):
        raise ArmError(400, "SubnetNotDelegated", f"Subnet {subnet} is not delegated to Microsoft.Netapp/volumes.")
    targets = read(old, "properties.mountTargets") if old else None
    if not targets:
        address = free_address(call.store, subnet, set())
        targets = [{"fileSystemId": read(body, "properties.fileSystemId"), "ipAddress": address}]
    level = str(read(body, "properties.serviceLevel") or read(holder, "properties.serviceLevel"))
    body = with_value(body, "properties.mountTargets", targets)
    body = with_value(body, "properties.serviceLevel", level)
    body = with_value(body, "properties.throughputMibps", THROUGHPUT.get(level.lower(), 64.0) * size / TIB)
    return {**body, SUBNET: {"id": subnet}}


def _volumes(call: Call, pool_id: str) -> Iterator[Body]:
    for each in everything(call.store):
        if each.get("type") == VOLUME and each["id"].lower().startswith(f"{pool_id.lower()}/"):
            yield each


def _require_parent(call: Call) -> None:
    if find(call.store, call.id.parent) is None:
        raise ArmError(
            404,
            "ParentResourceNotFound",
            "Can not perform requested operation on nested resource. Parent resource "
            f"'{parse(call.id.parent).name}' not found.",
        )


DEFAULTS = {"Microsoft.NetApp/netAppAccounts/capacityPools": pool, VOLUME: volume}
