"""Vaults that are deleted, and stay until they are purged; and a vault's own host, which shows its secrets.

Sources: learn.microsoft.com/rest/api/keyvault (vaults, secrets), and the text of a closed vault's refusal in
github.com/microsoft/multimodal-ai/issues/171 (read 2026-12-01). Not emulated: who may read, and rules by address.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from embedded_cloud.azure import locks, resources
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.defaults.key_vault import DELETED, SECRET, SECRETS, SUFFIX, VAULT, WHOLE
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.ids import key
from embedded_cloud.azure.references import everything, find
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.exchange import Request
    from embedded_cloud.store import Body, Store


def answer(call: Call) -> Answer | None:
    """The answer to what is a vault's own way; None for what all resources do alike."""
    asked = (call.id.type.lower(), call.id.rest.lower(), call.request.method)
    return {
        (VAULT.lower(), "", "DELETE"): delete,
        (DELETED.lower(), "", "GET"): get_deleted,
        (DELETED.lower(), "purge", "POST"): purge,
    }.get(asked, lambda call: None)(call)


def delete(call: Call) -> Answer:
    """Delete a vault, which can be had back with its secrets until it is purged."""
    locks.check_group(call)
    vault = find(call.store, call.id.path)
    if vault is None:
        return Answer(204)
    inside = [each for each in everything(call.store) if each["id"].lower().startswith(f"{vault['id'].lower()}/")]
    told = resources.delete(call)
    now = datetime.now(UTC)
    path = f"/subscriptions/{call.id.subscription}/providers/Microsoft.KeyVault/locations/{vault['location']}"
    body: Body = {
        "id": f"{path}/deletedVaults/{vault['name']}",
        "name": vault["name"],
        "type": DELETED,
        "properties": {
            "vaultId": vault["id"],
            "location": vault["location"],
            "tags": vault.get("tags") or {},
            "deletionDate": now.isoformat(),
            "scheduledPurgeDate": (
                now + timedelta(days=read(vault, "properties.softDeleteRetentionInDays"))
            ).isoformat(),
        },
        WHOLE: vault,
        SECRETS: inside,
    }
    call.store.put(*key(body["id"]), body)
    return told


def get_deleted(call: Call) -> Answer:
    return Answer.json({name: value for name, value in _deleted(call).items() if not name.startswith("x-")})


def purge(call: Call) -> Answer:
    """Delete it for good, unless it is protected from that."""
    body = _deleted(call)
    if read(body[WHOLE], "properties.enablePurgeProtection"):
        raise ArmError(403, "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.")
    call.store.delete(*key(body["id"]))
    return resources.accepted(call)


def show_secret(store: Store, request: Request) -> Answer:
    """A secret's value, from a vault that is open to networks."""
    name = request.host.removesuffix(SUFFIX)
    vault = next((each for each in everything(store) if each["type"] == VAULT and each["name"].lower() == name), None)
    if vault is None or read(vault, "properties.publicNetworkAccess") != "Enabled":
        inner = {"code": "ForbiddenByConnection"}
        text = (
            "Public network access is disabled and request is not from a trusted service nor via an approved private "
            "link."
        )
        return Answer.json({"error": {"code": "Forbidden", "message": text, "innererror": inner}}, 403)
    found = find(store, f"{vault['id']}/{'/'.join(request.segments)}")
    if found is None or found["type"] != SECRET or request.method != "GET":
        return Answer.json({"error": {"code": "SecretNotFound", "message": "A secret was not found."}}, 404)
    properties = found["properties"]
    return Answer.json({"value": properties["value"], "id": properties["secretUriWithVersion"]})


def _deleted(call: Call) -> Body:
    found = find(call.store, call.id.path)
    if found is None:
        raise ArmError(404, "DeletedVaultNotFound", f"The specified deleted vault '{call.id.name}' does not exist.")
    return found
