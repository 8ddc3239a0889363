"""Which public address resource has which address; each keeps its own for as long as the resource is there."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.store import Body, Store

COLLECTION = "/microsoft.network/publicipaddresses"


def free_public_address(store: Store, path: str, block: ipaddress.IPv4Network) -> str:
    """An address of the block for the resource with this id, which no other one has. Raises OSError.

    It looks random, and is the same again for the same id.
    """
    taken = {body["properties"]["ipAddress"] for _, _, body in _with_addresses(store)}
    start = store.number(f"public address {path.lower()}", block.num_addresses - 2)
    for step in range(block.num_addresses - 2):
        address = str(block[1 + (start + step) % (block.num_addresses - 2)])
        if address not in taken:
            return address
    raise OSError(f"all addresses of {block} are taken")


def readdress(store: Store, block: ipaddress.IPv4Network) -> None:
    """Give another address to each resource whose own is not of the block: the store was kept, the network was not."""
    with store.lock:
        for collection, name, body in list(_with_addresses(store)):
            if ipaddress.ip_address(body["properties"]["ipAddress"]) not in block:
                address = free_public_address(store, body["id"], block)
                store.put(collection, name, {**body, "properties": {**body["properties"], "ipAddress": address}})


def _with_addresses(store: Store) -> Iterator[tuple[str, str, Body]]:
    """The resources that have an address: collection, name, body."""
    for collection in store.collections():
        if collection.endswith(COLLECTION):
            for name, body in store.each(collection).items():
                if body["properties"].get("ipAddress"):
                    yield collection, name, body
