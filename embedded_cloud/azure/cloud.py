"""All of Azure in one piece: its hosts, and what keeps its scale sets filled."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import existing_resources, graph, login, service
from embedded_cloud.azure.access import vaults
from embedded_cloud.azure.call import Context
from embedded_cloud.azure.conditions import AzureConditions
from embedded_cloud.azure.defaults.key_vault import SUFFIX as VAULTS
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.machines.platform import AzurePlatform
from embedded_cloud.azure.machines.played import Played
from embedded_cloud.azure.machines.reconcile import ScaleSetReconciler
from embedded_cloud.azure.network.bastion import SUFFIX as BASTIONS
from embedded_cloud.azure.network.bastion import Bastions
from embedded_cloud.azure.network.nat_listeners import NatListeners
from embedded_cloud.azure.network.public_addresses import readdress
from embedded_cloud.azure.network.watched import GRAFANA_SUFFIX, METRICS_SUFFIX, answer_grafana, take_metrics
from embedded_cloud.azure.operations import Operations
from embedded_cloud.azure.storage.blob import SUFFIX as BLOBS
from embedded_cloud.azure.storage.blob import Blobs
from embedded_cloud.machines.public_addresses import Loopback, Outside

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from embedded_cloud.conditions import ConditionsFile
    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.machines.base import Instance, Machines
    from embedded_cloud.machines.platform import Platform
    from embedded_cloud.scenario import Scenario
    from embedded_cloud.store import Store

# Nobody answers at a machine that is only played.
NOWHERE = Outside(Loopback(), lambda address, port: None)


SUFFIXES = (BASTIONS, VAULTS, METRICS_SUFFIX, GRAFANA_SUFFIX)


class AzureCloud:
    """`booted` makes the machines that boot as containers, which are reached as `outside` says; without it, all are
    played. Blobs lie in Azurite."""

    def __init__(
        self,
        store: Store,
        scenario: Scenario,
        conditions_file: ConditionsFile,
        booted: Callable[[Platform], Machines] | None,
        outside: Outside = NOWHERE,
    ) -> None:
        conditions = AzureConditions(conditions_file)
        self.blobs = Blobs(store)
        played = Played(store, scenario, conditions, self.blobs, self._asked)
        self.machines: Machines = booted(AzurePlatform()) if booted else played
        self._store = store
        self._scenario = scenario
        self._nat_listeners = NatListeners(store, outside)
        self._scale_sets = ScaleSetReconciler(store, self.machines, scenario, self._nat_listeners.changed)
        self._context = Context(store, Operations(), self._scale_sets, self.blobs, conditions, outside.addresses)
        self._bastions = Bastions(self._context, outside.reached)
        self._hosts: dict[str, Callable[[Request], Answer]] = {
            service.HOST: self._resource_manager,
            login.HOST: login.answer,
            graph.HOST: graph.answer,
        }

    def knows(self, host: str) -> bool:
        """Whether it is one of its hosts; a storage account has one of its own."""
        return host in self._hosts or host.endswith(SUFFIXES) or self.blobs.knows(host)

    def handler(self, host: str) -> Callable[[Request], Answer] | None:
        by_suffix: dict[str, Callable[[Request], Answer]] = {
            BLOBS: self.blobs.answer,
            BASTIONS: self._bastions.answer,
            VAULTS: partial(vaults.show_secret, self._store),
            METRICS_SUFFIX: partial(take_metrics, self._store),
            GRAFANA_SUFFIX: partial(answer_grafana, self._store),
        }
        return next((answer for suffix, answer in by_suffix.items() if host.endswith(suffix)), self._hosts.get(host))

    def upgraded(self, host: str) -> Callable[[Request, bytes, socket.socket], None] | None:
        """What serves WebSockets of the host; None where nothing does."""
        return self._bastions.serve if host.endswith(BASTIONS) else None

    @property
    def writes_at_the_end(self) -> bool:
        """Whether something of it is in Azurite's memory alone until it ends."""
        return self.blobs.azurite.is_running

    def instances(self) -> list[tuple[Instance, str]]:
        every = self._scale_sets.all_instances()
        return [(instance, str(body["properties"]["provisioningState"])) for instance, body in every]

    def leftovers(self) -> list[str]:
        return self.blobs.remaining()

    def expect(self, given: dict[str, Any]) -> None:
        existing_resources.expect(self._store, given)

    def start(self) -> None:
        readdress(self._store, self._context.public_addresses.block)
        self._scale_sets.start()
        self._nat_listeners.start()

    def stop(self) -> None:
        self._nat_listeners.stop()
        self._scale_sets.stop()
        self.machines.close()
        self.blobs.close()  # after the machines, any of which would start it anew

    def _asked(self, request: Request) -> Answer:
        """Resource Manager's answer to a machine that is played, a scenario's or a refusal's too."""
        told = self._scenario.apply(request.method, request.host, request.target)
        if told is not None:
            return told
        try:
            return self._resource_manager(request)
        except ArmError as refused:
            return refused.answer()

    def _resource_manager(self, request: Request) -> Answer:
        try:
            return service.answer(self._context, request)
        finally:
            if request.method != "GET":
                self._nat_listeners.changed()
