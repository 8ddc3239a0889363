"""The controller's secrets in the cluster's vault, where KEY_VAULT=yes asks for one: for people, if its disk is lost.

No machine reads them there: the vault is closed to every network, and the controller's role can only write.
https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/secrets (read 2026-12-01)
"""

from __future__ import annotations

import json
import os
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from cluster_provision.slurm.vault import DATABASE_PASSWORD, MUNGE_KEY, VERSION
from node.slurm_cloud.http import Reply, failure_of, patiently, send
from node.slurm_cloud.identity import MANAGEMENT
from node.slurm_cloud.place import read_kept_json, write_json
from node.slurm_power.azure import ENDPOINT

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Secrets
    from node.slurm_cloud.identity import Identity

LIMIT = float(os.environ.get("SLURM_VAULT_LIMIT", "600"))
"""Seconds: the identity's role may take minutes to act."""


def keep_secrets(vault: str, secrets: Secrets, folder: str, identity: Identity, *, accounting: bool) -> None:
    """Put them into the vault with this id, each once: what lies there is noted in `folder`. Raises CallFailed."""
    path = f"{folder}/vault.json"
    wanted = {MUNGE_KEY: secrets.munge_key}
    if accounting:
        wanted[DATABASE_PASSWORD] = secrets.database_password
    kept = {name: sha256(f"{vault} {value}".encode()).hexdigest() for name, value in wanted.items()}
    noted = read_kept_json(path) or {}
    for name, value in wanted.items():
        if noted.get(name) != kept[name]:
            patiently(LIMIT, partial(_put, f"{vault}/secrets/{name}", value, identity))
    if noted != kept:
        write_json(path, kept, 0o600)


def _put(path: str, value: str, identity: Identity) -> None:
    url = f"{ENDPOINT}{path}?api-version={VERSION}"
    body = json.dumps({"properties": {"value": value, "contentType": "text/plain"}}).encode()

    def send_it(token: str) -> Reply:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return send("PUT", url, headers, body)

    reply = identity.answered(send_it, MANAGEMENT)
    if reply.status >= 300:
        raise failure_of("keeping a secret in", url, reply)
