"""Machines that exist already: those that env files name are there from then on, and one logs in through the door."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from embedded_cloud.existing import packages
from embedded_cloud.existing.conditions import ExistingConditions
from embedded_cloud.existing.failure import NotAsNamed
from embedded_cloud.existing.login_key import public_half
from embedded_cloud.existing.machine import Machine, forget, instance_of, keep, known
from embedded_cloud.machines import faults
from embedded_cloud.machines.base import BootError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from embedded_cloud.conditions import ConditionsFile
    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.existing.machines.base import Servers
    from embedded_cloud.machines.base import Instance, Machines
    from embedded_cloud.scenario import Scenario
    from embedded_cloud.store import Store

AT_ONCE = 8


class ExistingMachines:
    """The machines. `made` makes what stands behind them.

    They are no part of a cluster, which may come and go on them: they stay until somebody removes them.
    """

    def __init__(
        self,
        store: Store,
        scenario: Scenario,
        conditions_file: ConditionsFile,
        made: Callable[[ExistingConditions], Servers],
    ) -> None:
        self._servers = made(ExistingConditions(conditions_file))
        self.machines: Machines = self._servers
        self._store = store
        self._scenario = scenario
        self._packages = packages.PackageServer(store.folder)
        self._changing = threading.Lock()

    def knows(self, host: str) -> bool:
        return host == packages.HOST

    def handler(self, host: str) -> Callable[[Request], Answer] | None:
        return self._packages.answer if host == packages.HOST else None

    def instances(self) -> list[tuple[Instance, str]]:
        return [(instance_of(self._store, each), "RUNNING") for each in known(self._store)]

    def leftovers(self) -> list[str]:
        """The machines that need this cloud for as long as they are there: one reaches them through its door."""
        return [f"machine {each.name}" for each in known(self._store)] if self._servers.are_running else []

    def expect(self, given: dict[str, Any]) -> None:
        """Have the machines of `given["existing"]` there, those that aren't yet. Raises NotAsNamed."""
        own = [public_half(self._store.folder)]
        asked = [
            {**each, "keys": own if each.get("keys") is None else each["keys"]} for each in given.get("existing", ())
        ]
        named = [Machine.of(each) for each in asked]
        with self._changing:
            before = {each.name: each for each in known(self._store) if each.reached}
            for each in named:
                _check(each, before.get(each.name, each))
            new = [each for each in named if each.name not in before]
            for each in new:
                keep(self._store, each)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                done = list(pool.map(self._boot, new))
                list(pool.map(self._introduce, before.values() if new else ()))
        if refused := [text for text in done if text]:
            raise NotAsNamed("\n".join(refused))

    def connection(self, host: str, port: int) -> socket.socket | None:
        """A connection to the machine that is meant; None where none is. Raises OSError where it can't be reached."""
        machine = next((each for each in known(self._store) if each.is_meant_by(host, port)), None)
        if machine is None:
            return None
        instance = instance_of(self._store, machine)
        faults.check_way(self._scenario, instance)
        return self._servers.connect(instance, machine.reached)

    def remove_unused(self) -> tuple[list[str], list[str]]:
        """Remove the machines that no cluster is on. Returns the names of those, and of the others."""
        with self._changing, ThreadPoolExecutor(AT_ONCE) as pool:
            machines = known(self._store)
            removed = list(pool.map(self._removed_unless_used, machines))
        return (
            [machine.name for machine, gone in zip(machines, removed, strict=True) if gone],
            [machine.name for machine, gone in zip(machines, removed, strict=True) if not gone],
        )

    def start(self) -> None:
        """They run by themselves, or are off."""

    def stop(self) -> None:
        self._servers.close()

    def _boot(self, machine: Machine) -> str:
        """Boot it for the first time. Returns what went wrong."""
        instance = instance_of(self._store, machine)
        try:
            faults.check_boot(self._scenario, instance, "")
            keep(self._store, machine.at(self._servers.boot(instance)))
        except BootError as error:
            self._servers.remove(instance)
            forget(self._store, machine)
            return f"{machine.name}: {error.message}"
        return ""

    def _introduce(self, machine: Machine) -> None:
        self._servers.introduce(instance_of(self._store, machine))

    def _removed_unless_used(self, machine: Machine) -> bool:
        instance = instance_of(self._store, machine)
        if self._servers.holds_a_cluster(instance):
            return False
        self._servers.remove(instance)
        forget(self._store, machine)
        return True


def _check(named: Machine, there: Machine) -> None:
    if named.address != there.address:
        raise NotAsNamed(
            f"{named.name} is named with the address {named.address or 'of its name'}, but a machine of this name is "
            f"there already, with the address {there.address or 'of its name'}: remove that first"
        )
