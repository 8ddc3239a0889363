"""All of Azure in one piece: its hosts, and what keeps its scale sets filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure import graph, login, service
from embedded_cloud.azure.call import Context
from embedded_cloud.azure.machines.reconcile import ScaleSetReconciler
from embedded_cloud.azure.network.front_doors import FrontDoors
from embedded_cloud.azure.network.public_addresses import readdress
from embedded_cloud.azure.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.azure.conditions import AzureConditions
    from embedded_cloud.azure.storage.blob import Blobs
    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.machines.base import Machines
    from embedded_cloud.machines.public_addresses import Outside
    from embedded_cloud.scenario import Scenario
    from embedded_cloud.store import Store


class AzureCloud:
    """Its resources lie in the cloud's one store, its blobs in Azurite."""

    def __init__(
        self,
        store: Store,
        machines: Machines,
        scenario: Scenario,
        conditions: AzureConditions,
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
        readdress(self._context.store, self._context.public_addresses.block)
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
