"""The SSH host keys of played machines, made once for each and kept in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

if TYPE_CHECKING:
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.store import Store

KEPT = "//rehearsal/machines/host-keys"


def private_key(store: Store, instance: Instance) -> str:
    """The machine's own, in OpenSSH's form."""
    with store.lock:
        if (found := store.get(KEPT, instance.id)) is None:
            made = Ed25519PrivateKey.generate()
            private = made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
            public = made.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
            found = store.put(KEPT, instance.id, {"private": private, "public": public})
        return str(found["private"])


def public_key(store: Store, instance: Instance) -> str:
    """`ssh-ed25519 AAAA…`, as the machine would report it."""
    private_key(store, instance)
    return str((store.get(KEPT, instance.id) or {})["public"])


def forget(store: Store, instance: Instance) -> None:
    with store.lock:
        store.delete(KEPT, instance.id)
