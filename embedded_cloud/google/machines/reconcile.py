"""Keeps every managed instance group as large as it should be: instances in the store, machines behind them."""

from __future__ import annotations

import http.client
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from embedded_cloud.google.compute import admission, group_errors
from embedded_cloud.google.compute.disks import volumes_of
from embedded_cloud.google.compute.group_instances import (
    ACTION,
    BOOT,
    ERRORS,
    GROUP,
    instance_body,
    new_name,
    running,
    with_metadata,
)
from embedded_cloud.google.compute.instances import template_of
from embedded_cloud.google.compute.places import region_of
from embedded_cloud.google.compute.quotas import GRANTED, refusal
from embedded_cloud.google.compute.references import find
from embedded_cloud.google.machines.platform import BOOT_ERROR
from embedded_cloud.google.self_links import COMPUTE, path_of
from embedded_cloud.machines import faults
from embedded_cloud.machines.base import BootError, Instance
from embedded_cloud.machines.workers import AT_ONCE, Workers

if TYPE_CHECKING:
    from embedded_cloud.google.conditions import GoogleConditions
    from embedded_cloud.machines.base import Machines
    from embedded_cloud.scenario import Scenario
    from embedded_cloud.store import Body, Store

RETRY_SECONDS = 1.0
NOTEBOOK_POLL_SECONDS = 0.25
NAMESPACE = uuid.UUID("6f2f6fc8-5a1c-4b1e-9c3f-9f5f6a1c2d3e")
MANAGERS = "instanceGroupManagers"


class Reconciler:
    """The `Groups` of google/call.py. Instances stand in the store at once; their machines follow on threads."""

    def __init__(self, store: Store, machines: Machines, scenario: Scenario, conditions: GoogleConditions) -> None:
        self._store = store
        self._conditions = conditions
        self._machines = machines
        self._scenario = scenario
        self._workers = Workers("machines")

    def start(self) -> None:
        """Go on with what a former process left: boot what should run, end what should not."""
        with self._store.lock:
            for collection, name, body in self._instances():
                if body[ACTION] == "DELETING":
                    self._workers.submit(self.remove_now, collection, [name])
                elif body["status"] != "TERMINATED":
                    self._workers.submit(self._boot, collection, name, body["id"])
            self.changed()

    def stop(self) -> None:
        self._workers.stop()

    # what the APIs ask for

    def changed(self) -> None:
        with self._store.lock:
            for collection in self._store.collections():
                if collection.startswith(COMPUTE) and collection.endswith("/" + MANAGERS):
                    for name, group in self._store.each(collection).items():
                        self._fill(collection, name, group)

    def instances_of(self, group: str) -> dict[str, Body]:
        collection = group.partition(f"/{MANAGERS}/")[0] + "/instances"
        return {name: body for name, body in self._store.each(collection).items() if body.get(GROUP) == group}

    def current_action(self, instance: str) -> tuple[str, list[dict[str, str]]]:
        collection, _, name = instance.rpartition("/")
        body = self._store.get(collection, name) or {}
        return body.get(ACTION, "NONE"), body.get(ERRORS, [])

    def recreate(self, collection: str, names: list[str]) -> None:
        with self._store.lock:
            for name in names:
                body = self._store.get(collection, name)
                if body is not None and body[ACTION] not in ("DELETING", "RECREATING"):
                    self._store.put(collection, name, {**body, ACTION: "RECREATING", "status": "STOPPING"})
                    self._workers.submit(self._replace, collection, name)

    def add_named(self, group: str, names: list[str]) -> None:
        found = self._store.get(*_split(group))
        properties = self._properties(group, found) if found else None
        if found is None or properties is None:
            return
        place = group.partition(f"/{MANAGERS}/")[0] + "/instances"
        for name in names:
            body = self._made(place, group, found, properties, name)
            self._workers.submit(self._boot, place, name, body["id"])

    def leave(self, collection: str, names: list[str]) -> None:
        with self._store.lock:
            for name in names:
                body = self._store.get(collection, name)
                if body is not None:
                    self._store.put(collection, name, {**body, ACTION: "DELETING", "status": "STOPPING"})

    def boot_single(self, collection: str, name: str) -> tuple[str, str] | None:
        body = self._store.get(collection, name)
        if body is None:
            return None
        try:
            self._boot_once(collection, name, body["id"])
        except BootError as error:
            return error.code, error.message
        return None

    def stop_single(self, collection: str, name: str) -> None:
        body = self._store.get(collection, name)
        if body is None:
            return
        self._machines.stop(self.instance(collection, body))
        with self._store.lock:
            body = self._store.get(collection, name)
            if body is not None:
                self._store.put(collection, name, {**body, "status": "TERMINATED", ACTION: "NONE", ERRORS: []})

    def drop_disk(self, volume: str) -> None:
        self._machines.drop_disk(volume)

    def remove_now(self, collection: str, names: list[str]) -> None:
        going = []
        with self._store.lock:
            for name in names:
                body = self._store.get(collection, name)
                if body is not None:
                    going.append(self._store.put(collection, name, {**body, ACTION: "DELETING", "status": "STOPPING"}))
        with ThreadPoolExecutor(AT_ONCE, "ending") as ending:
            list(ending.map(lambda body: self._machines.remove(self.instance(collection, body)), going))
        with self._store.lock:
            for body in going:
                self._store.delete(collection, body["name"])

    # what others look at

    def all_instances(self) -> list[tuple[Instance, Body]]:
        with self._store.lock:
            return [(self.instance(collection, body), body) for collection, _, body in self._instances()]

    def instance(self, collection: str, body: Body) -> Instance:
        """The instance as machines know it."""
        _, project, _, zone, _ = collection.removeprefix(COMPUTE).split("/")
        properties = {**body["x-properties"], "metadata": body["metadata"], "labels": body.get("labels", {})}
        properties["volumes"] = volumes_of(self._store, body)
        return Instance(project, zone, body["name"], body["id"], body[BOOT], properties, body[GROUP])

    # the work

    def _fill(self, collection: str, name: str, group: Body) -> None:
        """Make the group's instances as many as its target size says, and of its template where it is proactive."""
        key = f"{collection}/{name}"
        place = collection.removesuffix(MANAGERS) + "instances"
        members = {n: b for n, b in self.instances_of(key).items() if b[ACTION] != "DELETING"}
        size = int(group["targetSize"])
        # machines that don't run go first
        leaving = sorted(sorted(members, reverse=True), key=lambda name: members[name][ACTION] == "NONE")
        surplus = leaving[: max(0, len(members) - size)]
        if surplus:
            for each in surplus:
                self._store.put(place, each, {**members[each], ACTION: "DELETING", "status": "STOPPING"})
            self._workers.submit(self.remove_now, place, surplus)
        if len(members) < size:
            self._add(key, place, group, size - len(members))
        if group["updatePolicy"]["type"] == "PROACTIVE":
            stale = [n for n, b in members.items() if n not in surplus and template_of(b) != group["instanceTemplate"]]
            self.recreate(place, stale)

    def _add(self, key: str, place: str, group: Body, count: int) -> None:
        properties = self._properties(key, group)
        if properties is None:
            return
        for _ in range(count):
            name = new_name(self._store, place, group["baseInstanceName"])
            body = self._made(place, key, group, properties, name)
            self._workers.submit(self._boot, place, name, body["id"])

    def _made(self, place: str, key: str, group: Body, properties: Body, name: str) -> Body:
        number = self._store.next_id()
        body = instance_body(place, key, group, properties, name, number)
        body[BOOT] = str(uuid.uuid5(NAMESPACE, number))
        return self._store.put(place, name, body)

    def _properties(self, key: str, group: Body) -> Body | None:
        project = key.removeprefix(COMPUTE).split("/")[1]
        template = find(self._store, path_of(group["instanceTemplate"], project))
        return template["properties"] if template else None

    def _boot(self, place: str, name: str, number: str) -> None:
        """Boot one machine, and try again until it runs or is no longer wanted."""
        while not self._workers.stopping.is_set():
            try:
                return self._boot_once(place, name, number)
            except BootError as error:
                self._note_failure(place, name, number, error)
                self._workers.stopping.wait(RETRY_SECONDS)

    def _boot_once(self, place: str, name: str, number: str) -> None:
        """Boot one machine, unless it is no longer wanted. Raises BootError."""
        body = self._wanted(place, name, number)
        if body is None:
            return
        instance = self.instance(place, body)
        self._admitted(place, name, number)
        faults.check_boot(self._scenario, instance, BOOT_ERROR)
        self._grant(place, name, number)
        address = self._machines.boot(instance)
        with self._store.lock:
            body = self._wanted(place, name, number)
            if body is not None:
                self._store.put(place, name, running(self._store, body, address))
        if body is None:
            self._machines.remove(instance)
        else:
            threading.Thread(target=self._preempt, args=(place, instance), daemon=True).start()
            if instance.metadata.get("proxy-mode"):
                self._register(place, instance)

    def _note_failure(self, place: str, name: str, number: str, error: BootError) -> None:
        failure = {"code": error.code, "message": error.message}
        with self._store.lock:
            body = self._wanted(place, name, number)
            if body is None:
                return
            self._store.put(place, name, {**body, ERRORS: [failure]})
            if not body[GROUP]:
                return
            version = {"instanceTemplate": template_of(body)}
            doing = {"action": body[ACTION], "instance": body["selfLink"], "version": version}
            group_errors.note(self._store, body[GROUP], failure, doing)

    def _preempt(self, place: str, instance: Instance) -> None:
        """Take a running machine away where a scenario says so, as Google takes Spot machines; its group makes it anew.

        https://cloud.google.com/compute/docs/instance-groups/autohealing-instances-in-migs: a group repairs a machine
        that was preempted, under its own name, unless it does nothing about failures: then the machine stays ended.
        """
        if not faults.is_preempted(self._scenario, instance) or self._workers.stopping.is_set():
            return
        body = self._wanted(place, instance.name, instance.id)
        if body is None:
            return
        group = self._store.get(*_split(body[GROUP])) if body[GROUP] else None
        if group is None or group["instanceLifecyclePolicy"]["defaultActionOnFailure"] == "DO_NOTHING":
            self._machines.remove(instance)
            with self._store.lock:
                if (body := self._wanted(place, instance.name, instance.id)) is not None:
                    self._store.put(place, instance.name, {**body, "status": "TERMINATED"})
        else:
            self.recreate(place, [instance.name])

    def _replace(self, place: str, name: str) -> None:
        """End a machine, and boot a new one of the same name."""
        with self._store.lock:
            old = self._store.get(place, name)
            if old is None:
                return
        self._machines.remove(self.instance(place, old))
        with self._store.lock:
            key = old[GROUP]
            group = self._store.get(*_split(key))
            properties = self._properties(key, group) if group else None
            if group is None or properties is None or self._store.get(place, name) is None:
                self._store.delete(place, name)
                return
            body = self._made(place, key, group, properties, name)
        self._boot(place, name, body["id"])

    def _wanted(self, place: str, name: str, number: str) -> Body | None:
        """The instance; None where it is gone or going, or another one has its name."""
        body = self._store.get(place, name)
        gone = body is None or body["id"] != number or body[ACTION] in ("DELETING", "RECREATING")
        return None if gone else body

    def _admitted(self, place: str, name: str, number: str) -> None:
        """Raise BootError where Compute Engine itself would not make the instance."""
        with self._store.lock:
            body = self._wanted(place, name, number)
            refused = admission.refusal(self._store, self._conditions, body) if body else None
        if refused is not None:
            raise BootError(refused.code, refused.message)

    def _grant(self, place: str, name: str, number: str) -> None:
        """Count the instance on its project's quotas; raises BootError where they have no room."""
        _, project, _, zone, _ = place.removeprefix(COMPUTE).split("/")
        with self._store.lock:
            body = self._wanted(place, name, number)
            if body is None or body.get(GRANTED):
                return
            refused = refusal(self._store, self._conditions, project, region_of(zone), body)
            if not refused:
                self._store.put(place, name, {**body, GRANTED: True})
                return
        raise BootError("QUOTA_EXCEEDED", refused)

    def _register(self, place: str, instance: Instance) -> None:
        """Write the notebook proxy's address into the instance's metadata, once its notebook answers."""
        at = self._machines.notebook(instance)
        if at is None:
            self._put_proxy_url(place, instance)
        else:
            threading.Thread(target=self._watch_notebook, args=(place, instance, at), daemon=True).start()

    def _watch_notebook(self, place: str, instance: Instance, at: tuple[str, int]) -> None:
        while not self._workers.stopping.wait(NOTEBOOK_POLL_SECONDS):
            if self._wanted(place, instance.name, instance.id) is None:
                return
            if _answers(at):
                self._put_proxy_url(place, instance)
                return

    def _put_proxy_url(self, place: str, instance: Instance) -> None:
        host = f"{self._store.number(f'notebook {instance.id}', 16**16):016x}"
        url = f"{host}-dot-{instance.region}.notebooks.googleusercontent.com"
        with self._store.lock:
            body = self._wanted(place, instance.name, instance.id)
            if body is not None:
                self._store.put(place, instance.name, with_metadata(body, "proxy-url", url))

    def _instances(self) -> list[tuple[str, str, Body]]:
        return [
            (collection, name, body)
            for collection in self._store.collections()
            if collection.startswith(COMPUTE) and collection.endswith("/instances")
            for name, body in self._store.each(collection).items()
        ]


def _answers(at: tuple[str, int]) -> bool:
    connection = http.client.HTTPConnection(*at, timeout=2)
    try:
        connection.request("GET", "/api")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _split(full_name: str) -> tuple[str, str]:
    collection, _, name = full_name.rpartition("/")
    return collection, name
