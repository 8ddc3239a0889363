"""Vaults, whose names are Azure's alone, and the secrets that Resource Manager puts into them.

Sources: learn.microsoft.com/azure/key-vault/general/soft-delete-overview, …/key-vault-recovery, and what azurerm 5.2.0
reads back (read 2026-12-01).
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.ids import key, parse
from embedded_cloud.azure.references import everything, find

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

VAULT = "Microsoft.KeyVault/vaults"
DELETED = "Microsoft.KeyVault/locations/deletedVaults"
SECRET = f"{VAULT}/secrets"
SUFFIX = ".vault.azure.net"
WHOLE, SECRETS = "x-vault", "x-secrets"
"""What a deleted vault was, and what was in it."""
MODE = "properties.createMode"


def vault(call: Call, old: Body | None, body: Body) -> Body:
    """Complete a vault; one that is deleted comes back where that is asked for, and keeps its name where not."""
    mode = read(body, MODE)
    body = {**body, "properties": {name: value for name, value in body["properties"].items() if name != "createMode"}}
    body = with_value(body, "properties.vaultUri", f"https://{body['name'].lower()}{SUFFIX}/")
    if old is not None:
        return body
    named = [each for each in everything(call.store) if each["name"].lower() == body["name"].lower()]
    if any(each["type"] == VAULT for each in named):
        raise ArmError(
            409,
            "VaultAlreadyExists",
            f"The vault name '{body['name']}' is already in use. Vault names are globally unique so it is possible "
            "that the name is already taken.",
        )
    deleted = next((each for each in named if each["type"] == DELETED), None)
    if deleted is None:
        return body
    if mode != "recover":
        raise ArmError(
            409,
            "ConflictError",
            "A vault with the same name already exists in deleted state. You need to either recover or purge existing "
            "key vault.",
        )
    call.store.delete(*key(deleted["id"]))
    for each in deleted[SECRETS]:
        call.store.put(*key(each["id"]), each)
    return {**deleted[WHOLE], "tags": body.get("tags") or {}}


def secret(call: Call, old: Body | None, body: Body) -> Body:
    """A new version of a secret; its vault must be there."""
    if find(call.store, parse(body["id"]).parent) is None:
        raise ArmError(404, "ParentResourceNotFound", "Can not perform requested operation on nested resource.")
    now = int(time.time())
    first = read(old, "properties.attributes.created") if old else now
    uri = f"https://{parse(body['id']).names[0].lower()}{SUFFIX}/secrets/{body['name']}"
    body = with_value(body, "properties.attributes", {"enabled": True, "created": first, "updated": now})
    body = with_value(body, "properties.secretUri", uri)
    return with_value(body, "properties.secretUriWithVersion", f"{uri}/{uuid.uuid4().hex}")


DEFAULTS = {VAULT: vault, SECRET: secret}
