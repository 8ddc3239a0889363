"""The rehearsal's own host, `rehearsal.internal`: what a run tells its cloud, and what it asks at its end."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol

from embedded_cloud.azure import existing_resources as azure_before
from embedded_cloud.exchange import Answer
from embedded_cloud.google.compute.initial_state import prepare
from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.iam import account
from embedded_cloud.google.iam_names import OF_A_PROJECT, collection
from embedded_cloud.google.storage.buckets import add_named

if TYPE_CHECKING:
    from embedded_cloud.azure.storage.blob import Blobs
    from embedded_cloud.exchange import Request
    from embedded_cloud.lifetime import Lifetime
    from embedded_cloud.machines.base import Instance, Machines
    from embedded_cloud.store import Store

OWN = "//rehearsal/"


class Kept(Protocol):
    """What keeps machines: instance groups, scale sets."""

    def all_instances(self) -> list[tuple[Instance, dict[str, Any]]]: ...


class Admin:
    """GET /machines, GET /leftovers, GET /holders, POST /expect."""

    def __init__(
        self, store: Store, groups: tuple[Kept, ...], machines: Machines, lifetime: Lifetime, blobs: Blobs
    ) -> None:
        self._store = store
        self._groups = groups
        self._machines = machines
        self._lifetime = lifetime
        self._blobs = blobs

    def answer(self, request: Request) -> Answer:
        if (request.method, request.path) == ("GET", "/holders"):
            return Answer.json({"holders": self._lifetime.holders})
        if (request.method, request.path) == ("GET", "/machines"):
            return Answer.json({"machines": self.instances()})
        if (request.method, request.path) == ("GET", "/leftovers"):
            found = [*leftovers(self._store), *self._blobs.remaining()]
            return Answer.json({"empty": not found, "leftovers": found})
        if (request.method, request.path) == ("POST", "/expect"):
            expect(self._store, request.json())
            return Answer.json({})
        return Answer.text(f"rehearsal: no {request.method} {request.path} here\n", 404)

    def instances(self) -> list[dict[str, Any]]:
        """Every instance, with the address that a browser on this machine opens where there is one."""
        return [
            {
                "name": instance.name,
                "project": instance.project,
                "zone": instance.zone,
                "group": instance.group_key.rpartition("/")[2],
                "id": instance.id,
                "status": status_of(body),
                "notebook": instance.metadata.get("proxy-url", ""),
                "loopback": self._machines.loopback(instance) or "",
                "recorded": list(self._machines.recorded(instance)),
            }
            for groups in self._groups
            for instance, body in groups.all_instances()
        ]


def status_of(body: dict[str, Any]) -> str:
    """The cloud's word for what the machine does: Google's, or Azure's provisioning state."""
    return str(body.get("status") or body["properties"]["provisioningState"])


def expect(store: Store, given: dict[str, Any]) -> None:
    """Take what an env file names to have been there before: {"project", "buckets", "service_accounts"}, or on Azure
    {"subscription", "blobs": {"account", "container"}, "identity"}."""
    if given.get("subscription"):
        azure_before.expect(store, str(given["subscription"]), given.get("blobs") or {})
        azure_before.expect_identity(store, str(given.get("identity") or ""))
        return
    project = str(given.get("project") or "rehearsal")
    with store.lock:
        prepare(store, project)
        for name in given.get("buckets") or ():
            with contextlib.suppress(ApiError):  # no name for a bucket: the settings' to refuse
                add_named(store, str(name), project)
        for mail in given.get("service_accounts") or ():
            found = OF_A_PROJECT.fullmatch(str(mail))
            if found and store.get(collection(found[1]), mail) is None:
                body = account(found[1], str(mail), store.next_id())
                store.put(collection(found[1]), str(mail), body, before=True)


def leftovers(store: Store) -> list[str]:
    """The full names of all resources that weren't there before the rehearsal."""
    with store.lock:
        return [
            f"{collection}/{name}"
            for collection, name, _, before in store.everything()
            if not before and not collection.startswith(OWN)
        ]
