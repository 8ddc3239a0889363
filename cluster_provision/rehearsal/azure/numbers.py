"""GUIDs that stay the same."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..store import Store

NAMESPACE = uuid.UUID("0b0f7c1e-7a3d-4f0e-9c53-3d7f3b0d5a11")


def number_of(store: Store, what: str) -> str:
    """A GUID that is the same each time for `what` in this store."""
    return str(uuid.uuid5(NAMESPACE, f"{store.number(what, 2**64)} {what}"))
