"""Machines that exist already, played by this process (REHEARSE=plan): each is a folder, and answers by SSH."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import shutil
import socket
import threading
from typing import TYPE_CHECKING, Any

from embedded_cloud.existing.machines.platform import ACCELERATOR
from embedded_cloud.existing.played import new_machine
from embedded_cloud.existing.played.machine import TOLD, TOOLS, PlayedMachine
from embedded_cloud.machines import faults
from embedded_cloud.machines.base import PlayedMachines

if TYPE_CHECKING:
    from pathlib import Path

    from embedded_cloud.existing.conditions import ExistingConditions
    from embedded_cloud.existing.machine import Machine
    from embedded_cloud.existing.played.sessions import Sessions
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.scenario import Scenario

RECORDED = "/var/log/cluster/recorded.jsonl"
# The conditions that stay as they are at a machine's first boot.
MADE_OF = ("accelerator", "gpus", "release", "sockets", "cores", "threads", "memory_mb")
CLUSTERS = "/var/lib/cluster-provision"
# The addresses of machines to which the env file gives none, but for the one that the tool comes from.
NETWORK = ipaddress.IPv4Network("10.213.0.0/16")


class Played(PlayedMachines):
    """The `Servers` of which each has a folder in `place`."""

    are_running = False

    def __init__(self, conditions: ExistingConditions, place: Path, scenario: Scenario) -> None:
        self._conditions = conditions
        self._place = place
        self._scenario = scenario
        self._paths: dict[str, Instance] = {}
        self._sessions: Sessions | None = None
        self._taken: set[str] = set()
        self._lock = threading.Lock()

    def boot(self, instance: Instance) -> str:
        folder = self._place / instance.name
        with self._lock:
            if not (folder / TOLD).exists():
                new_machine.make(folder, new_machine.complete(self._described(instance)))
        return str(PlayedMachine(folder).told["address"])

    def remove(self, instance: Instance) -> None:
        shutil.rmtree(self._place / instance.name, ignore_errors=True)

    def introduce(self, instance: Instance) -> None:
        """They find each other by their folders."""

    def connect(self, instance: Instance, at: str) -> socket.socket:
        if self._condition(instance.name).get("starts") is False:
            raise TimeoutError("no answer: the machine is off")
        ours, theirs = socket.socketpair()
        machine: Machine = instance.properties["machine"]
        self._paths[instance.name] = instance
        self._served().take(theirs, machine, instance.properties["host_key"], self._place / instance.name)
        return ours

    def holds_a_cluster(self, instance: Instance) -> bool:
        folder = PlayedMachine(self._place / instance.name).path(CLUSTERS)
        return folder.is_dir() and any(folder.iterdir())

    def recorded(self, instance: Instance) -> tuple[str, ...]:
        lines = PlayedMachine(self._place / instance.name).read(RECORDED).splitlines()
        return tuple(str(json.loads(line)["command"]) for line in lines)

    def close(self) -> None:
        if self._sessions is not None:
            with contextlib.suppress(TimeoutError):
                self._sessions.close()

    def _served(self) -> Sessions:
        """Made by the first connection: asyncssh takes long to import."""
        from embedded_cloud.existing.played.sessions import Sessions

        with self._lock:
            if self._sessions is None:
                self._sessions = Sessions(self._condition, self._is_cut)
            return self._sessions

    def _condition(self, name: str) -> dict[str, Any]:
        return self._conditions.machine(name)

    def _is_cut(self, name: str) -> bool:
        return faults.is_cut(self._scenario, self._paths[name])

    def _described(self, instance: Instance) -> dict[str, Any]:
        machine: Machine = instance.properties["machine"]
        address = machine.address or self._free_address()
        condition = self._condition(instance.name)
        return {
            "accelerator": ACCELERATOR,
            **{key: value for key, value in condition.items() if key in MADE_OF},
            "name": machine.name,
            "address": address,
            "user": machine.user,
            "places": [*machine.places, address],
            # A name server knows those alone to which the env file gives no address.
            "resolves": [] if machine.address else list(machine.names),
        }

    def _free_address(self) -> str:
        if not self._taken:
            self._taken = {PlayedMachine(each.parent).told["address"] for each in self._place.glob(f"*/{TOLD}")}
        found = next(address for each in NETWORK.hosts() if (address := str(each)) not in {TOOLS, *self._taken})
        self._taken.add(found)
        return found
