"""GUIDs and hardware addresses that stay the same."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_cloud.store import Store

NAMESPACE = uuid.UUID("0b0f7c1e-7a3d-4f0e-9c53-3d7f3b0d5a11")


def guid(store: Store, what: str) -> str:
    """A GUID that is the same each time for `what` in this store."""
    return str(uuid.uuid5(NAMESPACE, f"{store.number(what, 2**64)} {what}"))


def mac_address(store: Store, path: str) -> str:
    """The MAC address of the interface with this id, as Azure writes it."""
    number = store.number(path, 16**6)
    return f"00-0D-3A-{number >> 16:02X}-{number >> 8 & 255:02X}-{number & 255:02X}"
