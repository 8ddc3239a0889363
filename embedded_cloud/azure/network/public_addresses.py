"""Public addresses, which are addresses of this machine: what is behind a load balancer is reached there for real."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.store import Store

LOOPBACK = ipaddress.IPv4Network("127.64.0.0/10")


class PublicAddresses(Protocol):
    """`path` is the id of a public address; each keeps its own for as long as it is there."""

    def free(self, store: Store, path: str) -> str:
        """An address for it, which is nobody else's."""

    def is_own(self, address: str) -> bool:
        """Whether the address can be reached here; one that was given out on another machine can't."""

    def open(self, address: str) -> None:
        """Have this machine answer there. Raises OSError."""

    def close(self, address: str) -> None:
        """It answers there no more."""


@dataclass(frozen=True)
class Outside:
    """How machines are reached from outside: at which addresses, and where the port of a machine with a private
    address really answers, None where it doesn't."""

    addresses: PublicAddresses
    reached: Callable[[str, int], tuple[str, int] | None]


class Loopback:
    """Of this machine alone (RFC 1122, 3.2.1.3): all of them answer without being set up, at least on Linux."""

    def free(self, store: Store, path: str) -> str:
        return one_of(store, path, LOOPBACK)

    def is_own(self, address: str) -> bool:
        return ipaddress.ip_address(address) in LOOPBACK

    def open(self, address: str) -> None:
        return

    def close(self, address: str) -> None:
        return


def one_of(store: Store, path: str, block: ipaddress.IPv4Network) -> str:
    """One that looks random, the same again for the same id, and that no other public address has."""
    taken = set(given(store))
    start = store.number(f"public address {path.lower()}", block.num_addresses - 2)
    for step in range(block.num_addresses - 2):
        address = str(block[1 + (start + step) % (block.num_addresses - 2)])
        if address not in taken:
            return address
    raise OSError(f"all addresses of {block} are taken")


def readdress(store: Store, addresses: PublicAddresses) -> None:
    """Give those another that this machine can't have any more, since the store was kept and the network was not."""
    with store.lock:
        for collection in store.collections():
            if not collection.endswith("/microsoft.network/publicipaddresses"):
                continue
            for name, body in store.each(collection).items():
                address = body["properties"].get("ipAddress")
                if address and not addresses.is_own(address):
                    properties = {**body["properties"], "ipAddress": addresses.free(store, body["id"])}
                    store.put(collection, name, {**body, "properties": properties})


def given(store: Store) -> list[str]:
    """Those that public addresses have."""
    return [
        str(body["properties"]["ipAddress"])
        for collection in store.collections()
        if collection.endswith("/microsoft.network/publicipaddresses")
        for body in store.each(collection).values()
        if body["properties"].get("ipAddress")
    ]
