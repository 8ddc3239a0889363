"""Instances that no group has: made by insert, stopped and started, and changed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import existing_type
from embedded_cloud.google.call import Slow
from embedded_cloud.google.compute import disks, resources
from embedded_cloud.google.compute.defaults import complete_properties
from embedded_cloud.google.compute.group_instances import ACTION, BOOT, PROPERTIES, bare_instance
from embedded_cloud.google.compute.references import check_references, find, in_use, user_of
from embedded_cloud.google.failure import ApiError, already_exists, invalid, not_found
from embedded_cloud.google.self_links import link, name_of, path_of, split, with_links
from embedded_cloud.google.validation import without_output_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

ITS_OWN = ("name", "zone", "deletionProtection", "hostname", "params")
"""What an instance has, and the properties of a template haven't."""
NOT_RUNNING = "The instance must be stopped first."


def insert(call: Call) -> Body | Slow:
    """Make an instance; the answer waits until it runs, as the real operation does, or says why it can't."""
    given = with_links(without_output_fields(call.api, call.method.request, call.body), call.segments[1])
    name = given.get("name")
    if not name:
        raise ApiError(400, "required", "Required field 'resource.name' not specified")
    place, where = "/".join(call.segments[:4]), "/".join((*call.segments, name))
    if call.store.get(*split(where)) is not None:
        raise already_exists(where)
    _check_type(call, given)
    check_references(call.store, where, given)
    _check_disks(call, given)
    kept = {key: value for key, value in given.items() if key not in ITS_OWN}
    kept["machineType"] = name_of(given["machineType"])
    properties = complete_properties(call.store, call.segments[1], kept)
    attached = []
    for index, disk in enumerate(properties["disks"]):
        source = disk.get("source") or disks.boot_disk(call, place, _disk_name(name, index, disk), disk)["selfLink"]
        attached.append({**{k: v for k, v in disk.items() if k != "initializeParams"}, "source": source})
    number = call.store.next_id()
    body = bare_instance(split(where)[0], properties, name, number, properties["metadata"].get("items") or [])
    body |= {"disks": attached, "deletionProtection": bool(given.get("deletionProtection")), "fingerprint": number}
    body[BOOT] = str(uuid.uuid5(uuid.NAMESPACE_OID, number))
    call.store.put(*split(where), body)
    return _booting(call, where, resources.done(call, "insert", where, number), lambda: _forget(call, where))


def stop(call: Call) -> Body | Slow:
    """Stop an instance; what is on its disks stays."""
    where = resources.path(call)
    body = resources.body_at(call, where)
    return Slow(resources.done(call, "stop", where, body["id"]), lambda: call.context.groups.stop_single(*split(where)))


def start(call: Call) -> Body | Slow:
    """Start a stopped instance; one that runs goes on."""
    where = resources.path(call)
    body = resources.body_at(call, where)
    operation = resources.done(call, "start", where, body["id"])
    if body["status"] == "RUNNING":
        return operation
    call.store.put(*split(where), {**body, "status": "PROVISIONING", ACTION: "CREATING", BOOT: str(uuid.uuid4())})
    return _booting(call, where, operation, lambda: call.context.groups.stop_single(*split(where)))


def forget_disks(call: Call, body: Body) -> None:
    """Delete the disks that go with an instance which is gone. Called without the store's lock."""
    with call.store.lock:
        for disk in body["disks"]:
            if disk.get("autoDelete"):
                call.store.delete(*split(path_of(disk["source"], call.segments[1])))


def set_machine_type(call: Call) -> Body:
    """Another type, for an instance that is stopped."""
    where, old = _stopped(call)
    machine_type = link(path_of(str(call.body.get("machineType", "")), call.segments[1]))
    _check_type(call, {"machineType": machine_type})
    properties = {**old[PROPERTIES], "machineType": name_of(machine_type)}
    call.store.put(*split(where), {**old, "machineType": machine_type, PROPERTIES: properties})
    return resources.done(call, "setMachineType", where, old["id"])


def set_service_account(call: Call) -> Body:
    """Another account, for an instance that is stopped."""
    where, old = _stopped(call)
    accounts = [{"email": call.body["email"], "scopes": call.body.get("scopes") or []}]
    properties = {**old[PROPERTIES], "serviceAccounts": accounts}
    call.store.put(*split(where), {**old, "serviceAccounts": accounts, PROPERTIES: properties})
    return resources.done(call, "setServiceAccount", where, old["id"])


def set_scheduling(call: Call) -> Body:
    """What happens to it at its host's maintenance."""
    where = resources.path(call)
    old = resources.body_at(call, where)
    call.store.put(*split(where), {**old, "scheduling": {**old.get("scheduling", {}), **call.body}})
    return resources.done(call, "setScheduling", where, old["id"])


def set_deletion_protection(call: Call) -> Body:
    """Whether it can be deleted."""
    where = resources.path(call)
    old = resources.body_at(call, where)
    wanted = call.one("deletionProtection", "true") == "true"
    call.store.put(*split(where), {**old, "deletionProtection": wanted})
    return resources.done(call, "setDeletionProtection", where, old["id"])


def attach_disk(call: Call) -> Body:
    """Attach a disk; a machine that runs as a container has it from its next making on."""
    where = resources.path(call)
    old = resources.body_at(call, where)
    given = with_links(dict(call.body), call.segments[1])
    _check_disks(call, {"disks": [given]})
    index = len(old["disks"])
    disk = {
        "kind": "compute#attachedDisk",
        "type": "PERSISTENT",
        "mode": "READ_WRITE",
        "boot": False,
        "autoDelete": False,
        "interface": "SCSI",
        "index": index,
        "deviceName": f"persistent-disk-{index}",
        **{key: value for key, value in given.items() if value not in ("", None)},
    }
    call.store.put(*split(where), {**old, "disks": [*old["disks"], disk]})
    return resources.done(call, "attachDisk", where, old["id"])


def detach_disk(call: Call) -> Body:
    """Detach the disk of this device name."""
    where = resources.path(call)
    old = resources.body_at(call, where)
    device = call.one("deviceName")
    left = [disk for disk in old["disks"] if disk.get("deviceName") != device]
    if len(left) == len(old["disks"]):
        raise invalid(f"Invalid value for field 'disk': '{device}'. No attached disk found with device name.")
    call.store.put(*split(where), {**old, "disks": left})
    return resources.done(call, "detachDisk", where, old["id"])


def _disk_name(name: str, index: int, disk: Body) -> str:
    own = name if index == 0 else f"{name}-{index}"
    return str((disk.get("initializeParams") or {}).get("diskName") or own)


def _check_type(call: Call, given: Body) -> None:
    name, zone = name_of(str(given.get("machineType", ""))), call.segments[3]
    if existing_type(name) is None and not call.context.conditions.described("machine_types", name):
        path = f"projects/{call.segments[1]}/zones/{zone}/machineTypes/{name}"
        told = f"Invalid value for field 'resource.machineType': '{link(path)}'."
        # https://github.com/hashicorp/packer/issues/5298 has these words
        raise invalid(f"{told} Machine type with name '{name}' does not exist in zone '{zone}'.")


def _check_disks(call: Call, given: Body) -> None:
    """Raise ApiError for a disk that isn't there, or that another machine has."""
    for disk in given.get("disks") or ():
        if not disk.get("source"):
            continue
        path = path_of(disk["source"], call.segments[1])
        if find(call.store, path) is None:
            raise not_found(path)
        user = user_of(call.store, path)
        if user is not None and disk.get("mode") != "READ_ONLY":
            raise in_use(path, user)


def _stopped(call: Call) -> tuple[str, Body]:
    where = resources.path(call)
    old = resources.body_at(call, where)
    if old["status"] != "TERMINATED":
        raise ApiError(400, "resourceNotReady", f"The resource '{where}' is not ready. {NOT_RUNNING}")
    return where, old


def _forget(call: Call, where: str) -> None:
    """Delete an instance that could not be made, with its own disks, from the store."""
    with call.store.lock:
        body = call.store.get(*split(where))
        call.store.delete(*split(where))
    if body is not None:
        forget_disks(call, body)


def _booting(call: Call, where: str, done: Body, undo: Callable[[], None]) -> Slow:
    """The operation of a machine that boots: it runs in the answer, and is at its end when it is looked up."""
    path = path_of(done["selfLink"], "")
    running = {**{k: v for k, v in done.items() if k != "endTime"}, "status": "RUNNING", "progress": 0}
    call.context.operations.keep(path, running)

    def boot() -> None:
        failed = call.context.groups.boot_single(*split(where))
        if failed is None:
            call.context.operations.keep(path, done)
            return
        undo()
        code, message = failed
        refused = {"httpErrorStatusCode": 503, "httpErrorMessage": "SERVICE UNAVAILABLE"}
        call.context.operations.keep(
            path, {**done, "error": {"errors": [{"code": code, "message": message}]}, **refused}
        )

    return Slow(running, boot)
