"""What the cluster's machines share and nobody else may know, as the controller keeps it."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING

from cluster_provision.errors import StateStoreError
from cluster_provision.slurm.cluster import Secrets

if TYPE_CHECKING:
    from cluster_provision.state.existing.store import ControllerStore

NAME = "secrets.json"
KEY_BYTES = 96
"""mungekey(8) makes keys of 128 bytes; as hexadecimal text, these are 192."""


def kept_secrets(store: ControllerStore) -> Secrets | None:
    """The secrets of the cluster, None before its first Create. Raises StateStoreError where they can't be read."""
    text = store.read(NAME)
    if text is None:
        return None
    try:
        return Secrets(**json.loads(text))
    except (ValueError, TypeError) as failure:
        raise StateStoreError(
            f"{NAME} in {store.uri} can't be understood: it is cut off, or something else wrote it",
            "Without it no machine can join. The key of munge is in /etc/munge/munge.key of every machine of the "
            "cluster; Destroy and Create make new secrets.",
        ) from failure


def new_secrets() -> Secrets:
    """Secrets that nobody has seen."""
    import asyncssh

    pair = asyncssh.generate_private_key("ssh-ed25519", comment="cluster-provision")
    return Secrets(
        munge_key=secrets.token_hex(KEY_BYTES),
        database_password=secrets.token_hex(24),
        ssh_private_key=pair.export_private_key("openssh").decode(),
        ssh_public_key=" ".join(pair.export_public_key("openssh").decode().split()[:2]),
    )


def keep_secrets(store: ControllerStore, made: Secrets) -> None:
    """Write them where root alone can read."""
    store.write(NAME, json.dumps(asdict(made)))
