"""The cluster's secrets: the controller makes them once and keeps them; the others fetch munge's key, and the authority
for the nodes' host keys."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from dataclasses import asdict
from typing import TYPE_CHECKING

from cluster_provision.slurm.cloud import HOST_CA_FILE, KEY_FILE
from cluster_provision.slurm.cluster import HostCa, Secrets
from node.machine.programs import call
from node.slurm_cloud.http import CallFailed, patiently
from node.slurm_cloud.place import read_kept_json, write_json

if TYPE_CHECKING:
    from node.slurm_cloud.storage import Store

KEY_BYTES = 96
"""mungekey(8) makes keys of 128 bytes; as hexadecimal text, these are 192."""
CLASSES = "Aa-"
"""What servers of Azure want in a password: three of four classes of characters."""
KEY_LIMIT = float(os.environ.get("SLURM_KEY_LIMIT", "1800"))
"""Seconds for the controller to be there: whoever is up before it waits."""


def own_secrets(store: Store, folder: str) -> Secrets:
    """The controller's: as its disk has them, else new ones.

    A key that is in the store already stays the cluster's, whatever became of the disk: the machines have it. Raises
    Failure where the disk's can't be read, CallFailed where the store doesn't answer.
    """
    path = f"{folder}/secrets.json"
    kept = read_kept_json(path)
    if kept is not None:
        found = Secrets(str(kept["munge_key"]), str(kept["database_password"]))
        patiently(KEY_LIMIT, lambda: store.write(KEY_FILE, found.munge_key.encode()))
        return found
    made = Secrets(secrets.token_hex(KEY_BYTES), f"{CLASSES}{secrets.token_hex(24)}")
    if not patiently(KEY_LIMIT, lambda: store.write(KEY_FILE, made.munge_key.encode(), only_new=True)):
        made = Secrets(_fetched(store), made.database_password)
    write_json(path, {"munge_key": made.munge_key, "database_password": made.database_password}, 0o600)
    return made


def fetched_secrets(store: Store) -> Secrets:
    """What the other machines need. Raises CallFailed where the controller has put no key there in time."""
    return Secrets(_fetched(store))


def own_authority(store: Store, folder: str) -> HostCa:
    """The controller's: as its disk has it, else the one that the machines have, else a new one."""
    path = f"{folder}/host_ca.json"
    kept = read_kept_json(path)
    made = HostCa(str(kept["private"]), str(kept["public"])) if kept is not None else _new_authority()
    text = json.dumps(asdict(made)).encode()
    if not patiently(KEY_LIMIT, lambda: store.write(HOST_CA_FILE, text, only_new=kept is None)):
        made = fetched_authority(store)
    if kept is None:
        write_json(path, asdict(made), 0o600)
    return made


def fetched_authority(store: Store) -> HostCa:
    """What the other machines need. Raises CallFailed where the controller has put none there in time."""
    given = json.loads(_fetched(store, HOST_CA_FILE))
    return HostCa(str(given["private"]), str(given["public"]))


def _new_authority() -> HostCa:
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/key"
        call("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "nodes of the cluster", "-f", path)
        with open(path, encoding="ascii") as private, open(f"{path}.pub", encoding="ascii") as public:
            return HostCa(private.read(), public.read().strip())


def _fetched(store: Store, name: str = KEY_FILE) -> str:
    def read() -> str:
        content = store.read(name)
        if content is None:
            raise CallFailed(f"reading {name}", 404, message="the controller has not put its key there yet")
        return content.decode()

    return patiently(KEY_LIMIT, read)
