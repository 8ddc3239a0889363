"""What all nodes of an engine share, whichever cloud they are of: addresses, metadata server, name server, authority.

Runs inside the embedded cloud's own container, which has the engine's socket and stands on both networks. Each node is
on both too: its address on the metadata network tells the metadata server which node asks.
"""

from __future__ import annotations

import ipaddress
import threading
from typing import TYPE_CHECKING

import docker

from embedded_cloud.engine import names
from embedded_cloud.machines.addresses import Seats
from embedded_cloud.machines.engine_addresses import EngineAddresses
from embedded_cloud.machines.metadata_server import MetadataServer
from embedded_cloud.machines.name_server import NameServer
from embedded_cloud.machines.public_addresses import Outside

if TYPE_CHECKING:
    from pathlib import Path

    from docker.models.containers import Container

    from embedded_cloud.machines.platform import Asker


class NodeNetwork:
    """`authority` is the certificate file of the embedded cloud's own authority."""

    def __init__(self, authority: Path) -> None:
        self.engine = docker.from_env()
        self.authority = authority.read_text()
        self.seats = Seats(nodes(self.engine))
        self.shared_memory = int(self.engine.info()["MemTotal"]) // 2  # as Linux has it; an engine gives 64 MB
        self._askers: dict[str, Asker] = {}  # by address on the metadata network
        self._lock = threading.Lock()
        self._servers = (MetadataServer(("", 80), self.asker_at), NameServer(("", 53), self.address_of))
        for server in self._servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def add(self, at: str, asker: Asker) -> None:
        """Answer the node with the address `at` on the metadata network."""
        with self._lock:
            self._askers[at] = asker

    def remove(self, instance_id: str) -> None:
        with self._lock:
            self._askers = {at: asker for at, asker in self._askers.items() if asker.instance.id != instance_id}

    def asker_at(self, address: str) -> Asker | None:
        with self._lock:
            return self._askers.get(address)

    def address_of(self, address: str, name: str) -> str | None:
        """Where the machine of this name is, for the one at `address`; machines know each other in one domain only."""
        with self._lock:
            own = self._askers.get(address)
            domain = _domain_of(own) if own is not None else ""
            if not domain:
                return None
            wanted = name.lower().removesuffix(f".{domain}")
            near = (each for each in self._askers.values() if _domain_of(each) == domain)
            return next((each.address for each in near if each.instance.name.lower() == wanted), None)

    def own_address(self) -> str:
        """Where this process's own container, with the name server in it, is among the nodes."""
        networks = self.engine.containers.get(names.CLOUD).attrs["NetworkSettings"]["Networks"]
        return str(networks[names.CLUSTER_NETWORK]["IPAddress"])

    def outside(self) -> Outside:
        """How nodes are reached: all of it is on the engine's own network."""
        network = self.engine.networks.get(names.CLUSTER_NETWORK)
        addresses = EngineAddresses(ipaddress.IPv4Network(network.attrs["IPAM"]["Config"][0]["Subnet"]))
        return Outside(addresses, lambda address, port: (address, port))

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self.engine.close()


def nodes(engine: docker.DockerClient) -> list[Container]:
    """The containers of all nodes, by name."""
    found = engine.containers.list(all=True, ignore_removed=True, filters={"label": [f"{names.LABEL}=node"]})
    return sorted(found, key=lambda box: box.labels[names.LABEL_INSTANCE])


def _domain_of(asker: Asker) -> str:
    return asker.platform.private_domain(asker.instance)
