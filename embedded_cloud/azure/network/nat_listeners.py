"""Listens on the ports of load balancers' NAT rules, and forwards each connection to its machine.

A port is open while a machine has it and a network security group lets somebody in; whoever reaches this machine's own
addresses may use it then, since all of a rehearsal comes from one place. Nothing listens on macOS, where this machine
has no such addresses.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.network.nat_ports import balancers, mappings
from embedded_cloud.azure.network.open_ports import lets_in
from embedded_cloud.azure.references import find
from embedded_cloud.forwarding import forward

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.azure.network.nat_ports import Mapping
    from embedded_cloud.machines.public_addresses import Outside
    from embedded_cloud.store import Store

CONNECT_SECONDS = 5.0
REFUSED = struct.pack("ii", 1, 0)  # close at once, by a reset: socket(7), SO_LINGER
Place = tuple[str, int]


@dataclass(frozen=True)
class Way:
    """From a port of a public address to a port of a machine."""

    at: Place
    to: Place


class NatListeners:
    """Call `changed` whenever resources may have changed; a thread of its own then follows them."""

    def __init__(self, store: Store, outside: Outside) -> None:
        self._store = store
        self._addresses = outside.addresses
        self._reached = outside.reached
        self._look = threading.Event()
        self._over = threading.Event()
        self._listening: dict[Place, socket.socket] = {}
        self._targets: dict[Place, Place] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        threading.Thread(target=self._keep, daemon=True).start()
        self.changed()

    def changed(self) -> None:
        self._look.set()

    def stop(self) -> None:
        self._over.set()
        self._look.set()
        with self._lock:
            for at in list(self._listening):
                self._shut(at)

    def _keep(self) -> None:
        while not self._over.is_set():
            self._look.wait()
            self._look.clear()
            with self._store.lock:
                ways = list(self._ways())
            with self._lock:
                if not self._over.is_set():
                    self._follow(ways)

    def _ways(self) -> Iterator[Way]:
        for balancer in balancers(self._store):
            for each in mappings(self._store, balancer):
                address = self._public(each)
                if address and lets_in(self._store, each.interface, each.configuration, each.backend_port):
                    yield Way((address, each.frontend_port), (each.address, each.backend_port))

    def _public(self, mapping: Mapping) -> str:
        front = find(self._store, str(read(mapping.rule, "properties.frontendIPConfiguration.id"))) or {}
        public = find(self._store, str(read(front, "properties.publicIPAddress.id"))) or {}
        return str(read(public, "properties.ipAddress") or "")

    def _follow(self, ways: list[Way]) -> None:
        self._targets = {way.at: way.to for way in ways}
        for at in [each for each in self._listening if each not in self._targets]:
            self._shut(at)
        for at in self._targets:
            if at not in self._listening:
                with contextlib.suppress(OSError):  # no such address here
                    self._open(at)

    def _open(self, at: Place) -> None:
        if not any(address == at[0] for address, _ in self._listening):
            self._addresses.open(at[0])
        listening = socket.create_server(at, backlog=64)
        self._listening[at] = listening
        threading.Thread(target=self._serve, args=(at, listening), daemon=True).start()

    def _shut(self, at: Place) -> None:
        listening = self._listening.pop(at)
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        listening.close()
        if not any(address == at[0] for address, _ in self._listening):
            self._addresses.close(at[0])

    def _serve(self, at: Place, listening: socket.socket) -> None:
        while True:
            try:
                visitor, _ = listening.accept()
            except OSError:
                return  # shut
            threading.Thread(target=self._forward, args=(visitor, at), daemon=True).start()

    def _forward(self, visitor: socket.socket, at: Place) -> None:
        """Forward until both sides have closed. A machine that doesn't answer refuses the connection."""
        target = self._targets.get(at)
        place = self._reached(*target) if target else None
        with visitor:
            try:
                if place is None:
                    raise ConnectionRefusedError
                machine = socket.create_connection(place, timeout=CONNECT_SECONDS)
            except OSError:
                visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, REFUSED)
                return
            with machine:
                forward(visitor, machine)
