"""Virtual machines outside of scale sets, and disks."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read, with_value, without
from embedded_cloud.azure.compute.sizes import check_quota, size
from embedded_cloud.azure.defaults.compute import MACHINE, disk_of, with_identity
from embedded_cloud.azure.failure import ArmError, invalid
from embedded_cloud.azure.references import find
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

CUSTOM = "properties.osProfile.customData"
OS_DISK = "properties.storageProfile.osDisk"
DATA = "properties.storageProfile.dataDisks"
# What a machine keeps as it was made. https://learn.microsoft.com/rest/api/compute/virtual-machines/create-or-update
KEPT = (
    "properties.osProfile.adminUsername",
    "properties.osProfile.computerName",
    "properties.osProfile.linuxConfiguration.ssh",
    "properties.storageProfile.imageReference.sku",
)


def virtual_machine(call: Call, old: Body | None, body: Body) -> Body:
    """Complete a machine, or refuse it as Azure does."""
    its = size(read(body, "properties.hardwareProfile.vmSize"))
    body = with_value(body, "properties.hardwareProfile.vmSize", its.name)
    check_quota(call, body, 1)
    image = read(body, "properties.storageProfile.imageReference") or {}
    defaults = {**MACHINE, "storageProfile.osDisk.diskSizeGB": disk_of(call, body, image, its)}
    if old is not None:
        _refuse_change(old, body)
        if read(old, CUSTOM):  # never shown, so a client that writes back what it read doesn't have it
            body = with_value(body, CUSTOM, read(old, CUSTOM))
    for path, value in {**defaults, "timeCreated": read(old, "properties.timeCreated") or zulu()}.items():
        if read(body, f"properties.{path}") is None:
            body = with_value(body, f"properties.{path}", value)
    if not any((read(body, "properties.additionalCapabilities") or {}).values()):
        body = without(body, "properties.additionalCapabilities")  # what is off isn't told of
    body = _with_disks(call, old, body)
    if not body.get("identity") and old is not None and old.get("identity"):
        return {**body, "identity": old["identity"]}
    return with_identity(call, body)


def disk(call: Call, old: Body | None, body: Body) -> Body:
    """Complete a disk. It never shrinks."""
    wanted = int(read(body, "properties.diskSizeGB") or 0)
    if not wanted:
        raise invalid("Required parameter 'disk.diskSizeGB' is missing (null).")
    if old is not None and wanted < int(read(old, "properties.diskSizeGB")):
        raise ArmError(
            400, "OperationNotAllowed", f"Disk size reduction is not supported. Current size is {wanted} GB at least."
        )
    body = {**body, "sku": {"tier": str(read(body, "sku.name")).partition("_")[0], **body["sku"]}}
    if old is not None and old.get("managedBy"):
        body["managedBy"] = old["managedBy"]
    if not read(body, "properties.osType"):
        body = without(body, "properties.osType")
    state = read(old, "properties.diskState") or "Unattached"
    body = with_value(body, "properties.diskState", state)
    body = with_value(body, "properties.diskSizeBytes", wanted * 2**30)
    return with_value(body, "properties.timeCreated", read(old, "properties.timeCreated") or zulu())


def _refuse_change(old: Body, body: Body) -> None:
    for path in (*KEPT, CUSTOM):
        given = read(body, path)
        if given is not None and given != read(old, path):
            name = path.removeprefix("properties.")
            raise ArmError(409, "PropertyChangeNotAllowed", f"Changing property '{name}' is not allowed.")


def _with_disks(call: Call, old: Body | None, body: Body) -> Body:
    group = body["id"].partition("/providers/")[0]
    its = dict(read(body, OS_DISK) or {})
    its["name"] = its.get("name") or read(old, f"{OS_DISK}.name") or f"{body['name']}_OsDisk_1_{uuid.uuid4().hex}"
    kept = {"storageAccountType": "Premium_LRS", **(its.get("managedDisk") or {})}
    its["managedDisk"] = {**kept, "id": kept.get("id") or f"{group}/providers/Microsoft.Compute/disks/{its['name']}"}
    body = with_value(body, OS_DISK, its)
    attached, taken = [], set()
    for each in read(body, DATA) or ():
        if each.get("lun") in taken:
            raise ArmError(400, "InvalidParameter", f"There is already a data disk at lun '{each.get('lun')}'.")
        taken.add(each.get("lun"))
        found = find(call.store, str(read(each, "managedDisk.id")))
        attached.append(
            {"toBeDetached": False, **each, "diskSizeGB": read(found, "properties.diskSizeGB") if found else 0}
        )
    return with_value(body, DATA, attached)


DEFAULTS = {"Microsoft.Compute/virtualMachines": virtual_machine, "Microsoft.Compute/disks": disk}
