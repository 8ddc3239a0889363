"""Parts of a storage account: keys, the settings of the Blob service, containers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import locks, resources
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.failure import ArmError, not_emulated
from embedded_cloud.azure.ids import parse
from embedded_cloud.azure.references import everything, find, is_within
from embedded_cloud.azure.resource_types import resource_types
from embedded_cloud.exchange import Answer
from embedded_cloud.merging import merged
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

SERVICES = "//rehearsal/azure/blobServices"
ACCOUNT = resource_types()["microsoft.storage/storageaccounts"]
CONTAINER = re.compile(r"\$(?:root|web)|[a-z0-9](?:-?[a-z0-9]){2,62}")
# https://learn.microsoft.com/rest/api/storagerp/blob-services (read 2026-11-22)
SETTINGS: Body = {
    "cors": {"corsRules": []},
    "deleteRetentionPolicy": {"allowPermanentDelete": False, "enabled": False},
    "containerDeleteRetentionPolicy": {"enabled": False},
    "isVersioningEnabled": False,
    "changeFeed": {"enabled": False},
    "restorePolicy": {"enabled": False},
}


def keys(call: Call) -> Answer:
    """POST listKeys."""
    account = _account(call)
    locks.check_writable(call)  # a ReadOnly lock forbids it, as it does in Azure
    azurite = call.context.blobs.azurite
    made = [
        {
            "keyName": f"key{number}",
            "value": azurite.key(account["name"], number),
            "permissions": "FULL",
            "creationTime": read(account, "properties.creationTime"),
        }
        for number in (1, 2)
    ]
    return Answer.json({"keys": made})


def check_name(call: Call) -> Answer:
    """POST checkNameAvailability."""
    name = str(call.body.get("name", ""))
    if call.context.blobs.account(name) is None:
        return Answer.json({"nameAvailable": True})
    told = f"The storage account named {name} is already taken."
    return Answer.json({"nameAvailable": False, "reason": "AlreadyExists", "message": told})


def service(call: Call) -> Answer:
    """`…/blobServices/default`, which every account has."""
    account = _account(call)
    found = call.store.get(SERVICES, account["name"]) or {"properties": SETTINGS}
    if call.request.method in ("PUT", "PATCH"):
        locks.check_writable(call)
        given = call.body.get("properties") or {}
        base = SETTINGS if call.request.method == "PUT" else found["properties"]
        found = call.store.put(SERVICES, account["name"], {"properties": merged(base, given)})
    elif call.request.method != "GET":
        raise not_emulated(f"{call.request.method} {call.request.path}")
    told = {"id": f"{account['id']}/blobServices/default", "name": "default", "sku": account["sku"]}
    return Answer.json({**told, "type": "Microsoft.Storage/storageAccounts/blobServices", **found})


def containers(call: Call) -> Answer:
    """All containers of the account."""
    account = _account(call)
    found = call.context.blobs.client(account["name"]).list_containers(include_metadata=True)
    return Answer.json({"value": [_shown(account, each) for each in found]})


def container(call: Call) -> Answer:
    """`…/blobServices/default/containers/C`: Resource Manager's view of a container."""
    from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

    account, name, verb = _account(call), call.id.name, call.request.method
    client = call.context.blobs.client(account["name"]).get_container_client(name)
    if verb in ("PUT", "PATCH", "DELETE"):
        locks.check_writable(call)
    if verb in ("PUT", "PATCH") and not CONTAINER.fullmatch(name):
        raise ArmError(400, "ContainerNameInvalid", f"The specified resource name {name} contains invalid characters.")
    status = 200
    try:
        if verb == "PUT":
            try:
                client.create_container(metadata=read(call.body, "properties.metadata"))
                status = 201
            except ResourceExistsError:
                client.set_container_metadata(read(call.body, "properties.metadata"))
        elif verb == "PATCH":
            client.set_container_metadata(read(call.body, "properties.metadata"))
        elif verb == "DELETE":
            locks.check_deletable(call.store, call.id.path)
            client.delete_container()
            return Answer(200)
        return Answer.json(_shown(account, client.get_container_properties()), status)
    except ResourceNotFoundError:
        if verb == "DELETE":
            return Answer(204)
        raise ArmError(404, "ContainerNotFound", "The specified container does not exist.") from None


def delete(call: Call) -> Answer:
    """Delete the account, with all that is in it; it is gone when the answer comes."""
    answer = resources.delete(call)
    if answer.status in (200, 202):
        call.context.blobs.forget(call.id.name)
        call.store.delete(SERVICES, call.id.name)
        return Answer(200)
    return answer


def forget_group(call: Call, group: str) -> None:
    """Delete the blobs of all accounts in a resource group that is deleted."""
    for body in list(_accounts_below(call, group)):
        call.context.blobs.forget(body["name"])
        call.store.delete(SERVICES, body["name"])


def _accounts_below(call: Call, group: str) -> Any:
    return (each for each in everything(call.store) if each["type"] == ACCOUNT.type and is_within(each["id"], group))


def _account(call: Call) -> Body:
    locks.check_group(call)
    path = call.id.path.lower()
    at = path.find("/", path.index("/storageaccounts/") + len("/storageaccounts/"))
    found = find(call.store, call.id.path[:at] if at > 0 else call.id.path)
    if found is None:
        raise resources.missing(parse(call.id.path[:at] if at > 0 else call.id.path))
    return found


def _shown(account: Body, found: Any) -> Body:
    return {
        "id": f"{account['id']}/blobServices/default/containers/{found.name}",
        "name": found.name,
        "type": "Microsoft.Storage/storageAccounts/blobServices/containers",
        "etag": f'"{found.etag}"',
        "properties": {
            "publicAccess": "None",
            "metadata": found.metadata or {},
            "leaseStatus": "Unlocked",
            "leaseState": "Available",
            "lastModifiedTime": found.last_modified.isoformat() if found.last_modified else zulu(),
            "defaultEncryptionScope": "$account-encryption-key",
            "denyEncryptionScopeOverride": False,
            "hasImmutabilityPolicy": False,
            "hasLegalHold": False,
            "deleted": False,
        },
    }
