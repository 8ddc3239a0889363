"""The rehearsal's own host, `rehearsal.internal`, where a run talks to its cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.base import OneCloud
    from embedded_cloud.exchange import Request
    from embedded_cloud.lifetime import Lifetime
    from embedded_cloud.store import Store

OWN = "//rehearsal/"


class Admin:
    """GET /machines, GET /leftovers, GET /holders, POST /expect, POST /remove-unused.

    `remove_unused` removes the machines that exist already and that no cluster is on; it returns the names of those,
    and of the ones that it left.
    """

    def __init__(
        self,
        store: Store,
        clouds: tuple[OneCloud, ...],
        lifetime: Lifetime,
        remove_unused: Callable[[], tuple[list[str], list[str]]],
    ) -> None:
        self._store = store
        self._remove_unused = remove_unused
        self._clouds = clouds
        self._lifetime = lifetime

    def answer(self, request: Request) -> Answer:
        if (request.method, request.path) == ("GET", "/holders"):
            return Answer.json({"holders": self._lifetime.holders})
        if (request.method, request.path) == ("GET", "/machines"):
            return Answer.json({"machines": self.instances()})
        if (request.method, request.path) == ("GET", "/leftovers"):
            found = [*leftovers(self._store), *(each for cloud in self._clouds for each in cloud.leftovers())]
            return Answer.json({"empty": not found, "leftovers": found})
        if (request.method, request.path) == ("POST", "/expect"):
            for cloud in self._clouds:
                cloud.expect(request.json())
            return Answer.json({})
        if (request.method, request.path) == ("POST", "/remove-unused"):
            removed, kept = self._remove_unused()
            self._lifetime.look_again()
            return Answer.json({"removed": removed, "kept": kept})
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
                "status": status,
                "notebook": instance.metadata.get("proxy-url", ""),
                "loopback": cloud.machines.loopback(instance) or "",
                "recorded": list(cloud.machines.recorded(instance)),
                "host_key": instance.properties.get("public_host_key", ""),
            }
            for cloud in self._clouds
            for instance, status in cloud.instances()
        ]


def leftovers(store: Store) -> list[str]:
    """The full names of all resources in the store that weren't there before the rehearsal."""
    with store.lock:
        return [
            f"{collection}/{name}"
            for collection, name, _, before in store.everything()
            if not before and not collection.startswith(OWN)
        ]
