"""The addresses that nodes have: a machine keeps its own from boot to boot, as one of Compute Engine does."""

from __future__ import annotations

import ipaddress
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embedded_cloud.engine import names
from embedded_cloud.machines.base import BootError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docker.models.containers import Container
    from docker.models.networks import Network

FIRST = 2  # .1 is the gateway
LAST = 253  # .254 is the metadata server, .255 everybody


@dataclass(frozen=True)
class Seat:
    """A node's addresses on the two networks; the last part of the one tells the other."""

    cluster: str
    metadata: str


class Seats:
    """Which node has which addresses; `boxes` are the nodes that exist already."""

    def __init__(self, boxes: Iterable[Container]) -> None:
        self._lock = threading.Lock()
        self._taken = {box.labels[names.LABEL_ID]: _number(box) for box in boxes}

    def take(self, instance_id: str, cluster: Network) -> Seat:
        """Take a free seat for the instance. Raises BootError where none is left."""
        with self._lock:
            taken = self._taken.values()
            number = next((each for each in range(FIRST, LAST + 1) if each not in taken), None)
            if number is None:
                raise BootError("IP_SPACE_EXHAUSTED", f"a rehearsal has addresses for {LAST - FIRST + 1} nodes")
            self._taken[instance_id] = number
        described: dict[str, Any] = cluster.attrs
        _, upper = ipaddress.ip_network(described["IPAM"]["Config"][0]["Subnet"]).subnets()
        metadata = ipaddress.ip_network(names.METADATA_SUBNET)
        return Seat(str(upper[number]), str(metadata[number]))

    def free(self, instance_id: str) -> None:
        with self._lock:
            self._taken.pop(instance_id, None)


def _number(box: Container) -> int:
    networks = box.attrs["NetworkSettings"]["Networks"]
    its = networks.get(names.METADATA_NETWORK) or networks[names.CLUSTER_NETWORK]  # some are on the one alone
    return int(its["IPAMConfig"]["IPv4Address"].rpartition(".")[2])
