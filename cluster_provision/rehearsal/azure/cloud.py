"""All of Azure in one piece: its hosts, and what keeps its scale sets filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..machines.front_doors import FrontDoors
from ..machines.public_addresses import readdress
from ..machines.scale_sets import ScaleSetReconciler
from . import graph, login, service
from .call import Context
from .operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..conditions import Conditions
    from ..exchange import Answer, Request
    from ..machines.base import Machines
    from ..machines.public_addresses import Outside
    from ..scenario import Scenario
    from ..store import Store
    from .blob import Blobs


class AzureCloud:
    """Its resources lie in the cloud's one store, its blobs in Azurite."""

    def __init__(
        self,
        store: Store,
        machines: Machines,
        scenario: Scenario,
        conditions: Conditions,
        blobs: Blobs,
        outside: Outside,
    ) -> None:
        self._front_doors = FrontDoors(store, outside)
        self.scale_sets = ScaleSetReconciler(store, machines, scenario, self._front_doors.changed)
        self.blobs = blobs
        self._context = Context(store, Operations(), self.scale_sets, self.blobs, conditions, outside.addresses)
        self.hosts: dict[str, Callable[[Request], Answer]] = {
            service.HOST: self._resource_manager,
            login.HOST: login.answer,
            graph.HOST: graph.answer,
        }

    def knows(self, host: str) -> bool:
        """Whether it is one of its hosts; a storage account has one of its own."""
        return host in self.hosts or self.blobs.knows(host)

    def start(self) -> None:
        readdress(self._context.store, self._context.public_addresses)
        self.scale_sets.start()
        self._front_doors.start()

    def stop(self) -> None:
        self._front_doors.stop()
        self.scale_sets.stop()

    def _resource_manager(self, request: Request) -> Answer:
        try:
            return service.answer(self._context, request)
        finally:
            if request.method != "GET":
                self._front_doors.changed()
