"""Virtual machines outside of scale sets: made, changed, stopped, started and deleted; their disks.

https://learn.microsoft.com/rest/api/compute/virtual-machines, and of states
https://learn.microsoft.com/azure/virtual-machines/states-billing (both read 2026-11-30)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure import locks, resources
from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.compute.scale_sets import (
    COMING,
    FLEXIBLE,
    GOING,
    NUMBER,
    OWNER,
    RUNNING,
    STATE,
    STOPPED,
    end_of,
    instance_view,
    shown,
)
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.ids import key, parse, same
from embedded_cloud.azure.references import find
from embedded_cloud.engine import names
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

DISK = "Microsoft.Compute/disks"
VOLUME = "x-volume"  # a disk's mark: where the last machine that had it keeps it
DATA = "properties.storageProfile.dataDisks"
ACTIONS = {"poweroff": STOPPED, "deallocate": STOPPED, "start": COMING, "restart": COMING}


def answer(call: Call, rest: str, verb: str) -> Answer | None:
    """The answer; None for what is no machine of this kind's."""
    if verb in ("PUT", "PATCH") and not rest:
        return _changed(call)
    if verb == "POST" and rest in ACTIONS:
        return _powered(call, ACTIONS[rest])
    if verb == "DELETE" and not rest:
        return _deleted(call)
    if verb == "GET" and not rest:
        return Answer.json(shown(call, resources.existing(call)))
    if verb == "GET" and rest == "instanceview":
        return Answer.json(instance_view(resources.existing(call)))
    return None


def is_single(machine: Body) -> bool:
    """Whether the machine is in no scale set."""
    return machine["type"] == FLEXIBLE and same(str(machine.get(OWNER, "")), machine["id"])


def delete_disk(call: Call) -> Answer:
    """Delete a disk, with what is on it."""
    old = find(call.store, call.id.path)
    answered = resources.delete(call)
    if old is not None and old.get(VOLUME):
        call.context.scale_sets.disk_is_gone(old[VOLUME])
    return answered


def begin_delete(call: Call, machine: Body) -> None:
    """Begin to delete the machine, which is over once it has ended."""
    going = with_value(machine, "properties.provisioningState", "Deleting")
    call.store.put(*key(machine["id"]), {**going, STATE: GOING})
    call.context.scale_sets.changed(machine["id"])


def _changed(call: Call) -> Answer:
    """Make the machine, or change it: what a running one is made of takes effect when it starts again."""
    kind = resources.type_of(call)
    locks.check_writable(call)
    old = find(call.store, call.id.path)
    if old is None and call.request.method == "PATCH":
        raise resources.missing(call.id)
    given = resources.patched(old, call.body) if old is not None and call.request.method == "PATCH" else call.body
    body = resources.completed(call, kind, old, given)
    if old is None:
        body = {**with_value(body, "properties.provisioningState", "Creating"), OWNER: body["id"], NUMBER: 0}
        body[STATE] = COMING
        _make_os_disk(call, body)
    resources.keep(call.store, body)
    _attach(call, old, body)
    call.context.scale_sets.changed(body["id"])
    return resources.told(call, kind, body, 200 if old is not None else 201, end_of(call, body["id"]))


def _powered(call: Call, state: str) -> Answer:
    locks.check_group(call)
    machine = resources.existing(call)
    if machine[STATE] != state and not (state == COMING and machine[STATE] == RUNNING):
        call.store.put(*key(machine["id"]), {**machine, STATE: state})
        call.context.scale_sets.changed(machine["id"])
    return resources.accepted(call, end_of(call, machine["id"]))


def _deleted(call: Call) -> Answer:
    locks.check_group(call)
    machine = find(call.store, call.id.path)
    if machine is None:
        return Answer(204)
    locks.check_deletable(call.store, machine["id"])
    begin_delete(call, machine)
    return resources.accepted(call, end_of(call, machine["id"]))


def _make_os_disk(call: Call, machine: Body) -> None:
    """The disk that the machine starts from, which is a resource of its own and stays when the machine goes."""
    its = read(machine, "properties.storageProfile.osDisk")
    path = its["managedDisk"]["id"]
    if find(call.store, path) is not None:
        raise ArmError(409, "ConflictingUserInput", f"Disk {its['name']} already exists in resource group.")
    body: Body = {
        "id": path,
        "name": its["name"],
        "type": DISK,
        "location": machine["location"],
        "tags": machine.get("tags") or {},
        **({"zones": machine["zones"]} if machine.get("zones") else {}),
        "sku": {"name": its["managedDisk"]["storageAccountType"], "tier": "Premium"},
        resources.MADE: machine[resources.MADE],
        "properties": {
            "provisioningState": "Succeeded",
            "diskState": "Attached",
            "osType": "Linux",
            "creationData": {"createOption": "FromImage"},
            "diskSizeGB": its["diskSizeGB"],
            "networkAccessPolicy": "AllowAll",
            "publicNetworkAccess": "Enabled",
        },
    }
    call.store.put(*key(path), body)


def _attach(call: Call, old: Body | None, body: Body) -> None:
    """Tell the disks whose they are. Raises ArmError where one is another machine's."""
    before = {path.lower() for path in _data_disks(old or {})}
    for path in _data_disks(body):
        disk = find(call.store, path)
        if disk is None:
            continue
        holder = str(disk.get("managedBy") or "")
        if holder and not same(holder, body["id"]):
            raise ArmError(
                409,
                "AttachDiskWhileBeingDetached",
                f"Disk '{disk['name']}' cannot be attached as the disk is already owned by VM '{parse(holder).name}'.",
            )
        held = {**with_value(disk, "properties.diskState", "Attached"), "managedBy": body["id"]}
        held[VOLUME] = names.disks_volume(body["id"])
        call.store.put(*key(path), held)
        before.discard(path.lower())
    for path in before:
        if (disk := find(call.store, path)) is not None:
            free = {name: value for name, value in disk.items() if name != "managedBy"}
            call.store.put(*key(path), with_value(free, "properties.diskState", "Unattached"))


def _data_disks(machine: Body) -> Iterator[str]:
    """The ids of its data disks."""
    for each in read(machine, DATA) or ():
        if path := read(each, "managedDisk.id"):
            yield str(path)
