"""Keeps every scale set as large as it should be, and single machines as they should be: machines in the store, what
runs them behind them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from embedded_cloud.azure.access.roles import identities
from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.compute.scale_set_machines import PROFILE, at_address, new_machine
from embedded_cloud.azure.compute.scale_sets import (
    BOOT,
    COMING,
    ERROR,
    FAILED,
    GOING,
    NUMBER,
    OWNER,
    RUNNING,
    STATE,
    STOPPED,
    TYPE,
    members,
)
from embedded_cloud.azure.compute.virtual_machines import VOLUME, is_single
from embedded_cloud.azure.ids import key, parse
from embedded_cloud.azure.machines.platform import BOOT_ERROR
from embedded_cloud.azure.references import everything, find
from embedded_cloud.engine import names
from embedded_cloud.machines import faults
from embedded_cloud.machines.base import BootError, Instance
from embedded_cloud.machines.workers import Workers
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.machines.base import Machines
    from embedded_cloud.scenario import Scenario
    from embedded_cloud.store import Body, Store

NAMESPACE = uuid.UUID("c9a1f0de-58b0-4d60-9c0b-0d7b8a3f4e21")
PRINCIPAL = "properties.principalId"
NEXT = "x-next"  # the number of the set's next machine


class ScaleSetReconciler:
    """The `ScaleSets` of azure/call.py. Machines stand in the store at once; what runs them follows on threads.

    `moved` is called whenever a machine has its address, or is gone.
    """

    def __init__(self, store: Store, machines: Machines, scenario: Scenario, moved: Callable[[], None]) -> None:
        self._moved = moved
        self._store = store
        self._machines = machines
        self._scenario = scenario
        self._workers = Workers("scale-sets")
        self._failures: dict[str, Body] = {}

    def start(self) -> None:
        """Go on with what a former process left."""
        with self._store.lock:
            for body in self._all():
                if body[STATE] == GOING:
                    self._workers.submit(self._end, body["id"])
                elif body[STATE] not in (FAILED, STOPPED):
                    self._workers.submit(self._boot, body["id"], read(body, "properties.vmId"))
            for body in [each for each in everything(self._store) if each["type"] == TYPE]:
                self._settle(body["id"])

    def stop(self) -> None:
        self._workers.stop()

    # what Resource Manager asks for

    def changed(self, scale_set: str) -> None:
        with self._store.lock:
            body = find(self._store, scale_set)
            if body is not None and is_single(body):
                self._follow(body)
            elif body is not None:
                self._fill(body)

    def busy(self, scale_set: str) -> bool:
        with self._store.lock:
            body = find(self._store, scale_set)
            if any(each[STATE] in (COMING, GOING) for each in members(self._store, scale_set)):
                return True
            return body is not None and read(body, "properties.provisioningState") == "Deleting"

    def failure(self, scale_set: str) -> Body | None:
        return self._failures.get(scale_set.lower())

    # what others look at

    def all_instances(self) -> list[tuple[Instance, Body]]:
        with self._store.lock:
            return [(self.instance(body), body) for body in self._all()]

    def instance(self, body: Body) -> Instance:
        """The machine as `Machines` know it."""
        scale_set = find(self._store, body[OWNER]) or {}
        profile = "properties" if is_single(body) else PROFILE
        custom = read(scale_set, f"{profile}.osProfile.customData") or ""
        system = {**(read(body, "properties.osProfile") or {}), "customData": custom}
        zones = body.get("zones") or [""]
        return Instance(
            project=parse(body["id"]).subscription,
            zone="-".join(part for part in (body["location"], zones[0]) if part),
            name=read(body, "properties.osProfile.computerName"),
            id=read(body, "properties.vmId"),
            boot_id=body.get(BOOT) or str(uuid.uuid5(NAMESPACE, read(body, "properties.vmId"))),
            properties={
                **body["properties"],
                "osProfile": system,
                "resource": body["id"],
                "name": body["name"],
                "number": None if is_single(body) else body[NUMBER],
                "tags": body.get("tags") or {},
                "location": body["location"],
                "zone": zones[0],
                "identity": body.get("identity") or {},
                "plan": body.get("plan") or {},
                **self._network(body),
            },
            group_key="" if is_single(body) else body[OWNER],
            address=self._address(body),
        )

    # the work

    def _follow(self, machine: Body) -> None:
        """Bring a single machine to the state that it should be in."""
        self._failures.pop(machine["id"].lower(), None)
        work = {COMING: self._boot, STOPPED: self._stop, RUNNING: self._plug}.get(machine[STATE])
        if machine[STATE] == GOING:
            self._workers.submit(self._end, machine["id"])
        elif work is not None:
            self._workers.submit(work, machine["id"], read(machine, "properties.vmId"))

    def _stop(self, path: str, number: str) -> None:
        with self._store.lock:
            body = self._wanted(path, number)
            instance = self.instance(body) if body is not None else None
        if instance is not None:
            self._machines.stop(instance)

    def _plug(self, path: str, number: str) -> None:
        """Have a running machine see its data disks."""
        with self._store.lock:
            body = self._wanted(path, number)
            if body is None:
                return
            instance, disks = self.instance(body), read(body, "properties.storageProfile.dataDisks") or ()
        for each in disks:
            lun = int(each["lun"])
            # https://learn.microsoft.com/azure/virtual-machines/linux/azure-to-guest-disk-mapping (read 2026-11-30)
            device = f"/dev/disk/azure/scsi1/lun{lun}"
            self._machines.plug(instance, str(read(each, "managedDisk.id")), f"azure-lun{lun}", device)

    def password_is_set(self, principal: str, given: str) -> None:
        """Have the machine with this identity stand in for the database server."""
        with self._store.lock:
            own = [each["id"].lower() for each in identities(self._store) if read(each, PRINCIPAL) == principal]
            instances = [self.instance(body) for body in self._all() if is_single(body) and _has(body, own)]
        for each in instances:
            self._workers.submit(self._machines.serve, each, "mysql", given)

    def disk_is_gone(self, volume: str) -> None:
        self._workers.submit(self._machines.drop_disk, volume)

    def _fill(self, scale_set: Body) -> None:
        """Make or end machines until there are as many as the capacity says."""
        there = [each for each in members(self._store, scale_set["id"]) if each[STATE] != GOING]
        wanted = int(read(scale_set, "sku.capacity") or 0)
        if read(scale_set, "properties.provisioningState") == "Deleting":
            wanted = 0
        # Those that failed are made anew by the next change.
        broken = [each for each in there if each[STATE] == FAILED]
        whole = [each for each in there if each[STATE] != FAILED]
        surplus = whole[wanted:]
        for each in [*broken, *surplus]:
            gone = {**with_value(each, "properties.provisioningState", "Deleting"), STATE: GOING}
            self._store.put(*key(each["id"]), gone)
        for each in members(self._store, scale_set["id"]):
            if each[STATE] == GOING:
                self._workers.submit(self._end, each["id"])
        self._failures.pop(scale_set["id"].lower(), None)
        missing = wanted - len(whole)
        if missing > 0:
            number = int(scale_set.get(NEXT) or 0)
            for at in range(number, number + missing):
                self._add(scale_set, at)
            current = find(self._store, scale_set["id"]) or scale_set
            self._store.put(*key(scale_set["id"]), {**current, NEXT: number + missing})
        self._settle(scale_set["id"])

    def _add(self, scale_set: Body, number: int) -> None:
        body, nics = new_machine(self._store, scale_set, number)
        body[BOOT] = str(uuid.uuid5(NAMESPACE, read(body, "properties.vmId")))
        self._store.put(*key(body["id"]), body)
        for nic in nics:
            self._store.put(*key(nic["id"]), nic)
        self._workers.submit(self._boot, body["id"], read(body, "properties.vmId"))

    def _boot(self, path: str, number: str) -> None:
        with self._store.lock:
            body = self._wanted(path, number)
            if body is None:
                return
            instance = self.instance(body)
        try:
            faults.check_boot(self._scenario, instance, BOOT_ERROR)
            address = self._machines.boot(instance)
        except BootError as error:
            failure = {"code": error.code, "message": error.message, "time": zulu()}
            with self._store.lock:
                if (body := self._wanted(path, number)) is not None:
                    failed = with_value(body, "properties.provisioningState", "Failed")
                    self._store.put(*key(path), {**failed, STATE: FAILED, ERROR: failure})
                    self._failures[body[OWNER].lower()] = failure
                    self._settle(body[OWNER])
            return
        with self._store.lock:
            body = self._wanted(path, number)
            if body is not None:
                done = with_value(body, "properties.provisioningState", "Succeeded")
                self._store.put(*key(path), {**done, STATE: RUNNING})
                self._put_address(body, address)
                self._settle(body[OWNER])
        if body is None:
            self._machines.remove(instance)
        elif is_single(body):
            self._plug(path, number)

    def _end(self, path: str) -> None:
        """End a machine and delete its interfaces."""
        with self._store.lock:
            body = self._store.get(*key(path))
            if body is None:
                return
            instance = self.instance(body)
        self._machines.remove(instance)
        with self._store.lock:
            if (body := self._store.get(*key(path))) is None:
                return
            if not is_single(body):  # whose interfaces stay
                for named in read(body, "properties.networkProfile.networkInterfaces") or ():
                    self._store.delete(*key(named["id"]))
            collection, name = key(path)
            self._store.delete(collection, name)
            self._store.delete_below(f"{collection}/{name}")
            self._settle(body[OWNER])
            volume = names.disks_volume(path)
            unused = is_single(body) and not any(each.get(VOLUME) == volume for each in everything(self._store))
        if unused:
            self._machines.drop_disk(volume)

    def _settle(self, scale_set: str) -> None:
        """Once no machine is starting or ending, delete the scale set that is to be deleted; else note how it ended."""
        self._moved()
        body = find(self._store, scale_set)
        if body is None or any(each[STATE] in (COMING, GOING) for each in members(self._store, scale_set)):
            return
        state = read(body, "properties.provisioningState")
        collection, name = key(scale_set)
        if state == "Deleting":
            self._store.delete(collection, name)
            self._store.delete_below(f"{collection}/{name}")
            self._failures.pop(scale_set.lower(), None)
        elif state in ("Creating", "Updating"):
            ended = "Failed" if scale_set.lower() in self._failures else "Succeeded"
            self._store.put(collection, name, with_value(body, "properties.provisioningState", ended))

    def _wanted(self, path: str, number: str) -> Body | None:
        """The machine; None where it is gone or going, or another one has its name."""
        body = self._store.get(*key(path))
        gone = body is None or read(body, "properties.vmId") != number or body[STATE] == GOING
        return None if gone else body

    def _address(self, body: Body) -> str:
        nic = self._primary(body)
        return str(read(nic, "properties.ipConfigurations")[0]["properties"]["privateIPAddress"]) if nic else ""

    def _network(self, body: Body) -> Body:
        """The network that its first interface is in: its id, the subnet's range, and the interface's number there."""
        nic = self._primary(body)
        if nic is None:
            return {}
        path = str(read(read(nic, "properties.ipConfigurations")[0], "properties.subnet.id"))
        subnet = find(self._store, path) or {}
        prefix = read(subnet, "properties.addressPrefix") or (read(subnet, "properties.addressPrefixes") or [""])[0]
        mac = str(read(nic, "properties.macAddress")).replace("-", "")
        return {"network": parse(path).parent, "subnet": prefix, "macAddress": mac}

    def _primary(self, body: Body) -> Body | None:
        for named in read(body, "properties.networkProfile.networkInterfaces") or ():
            nic = self._store.get(*key(named["id"]))
            if nic is not None and (read(nic, "properties.primary") or is_single(body)):
                return nic
        return None

    def _put_address(self, body: Body, address: str) -> None:
        """Keep the machine's real address, where it isn't the planned one."""
        nic = self._primary(body)
        if nic is not None and self._address(body) != address:
            self._store.put(*key(nic["id"]), at_address(nic, address))

    def _all(self) -> list[Body]:
        return [each for each in everything(self._store) if OWNER in each]


def _has(machine: Body, identities: list[str]) -> bool:
    given = read(machine, "identity.userAssignedIdentities") or {}
    return any(each.lower() in identities for each in given)
