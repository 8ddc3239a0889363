"""Resources that an env file names and that exist beforehand: the storage account of TERRAFORM_BLOB_PATH, the identity
of NODE_IDENTITY."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import subscriptions
from embedded_cloud.azure.access.roles import IDENTITY
from embedded_cloud.azure.identifiers import guid
from embedded_cloud.azure.ids import key
from embedded_cloud.azure.lists import GROUPS
from embedded_cloud.azure.login import TENANT
from embedded_cloud.azure.storage.blob import NAMED, OPEN, account_of
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.store import Body, Store

GROUP = "state-before"
PLACE: dict[str, Any] = {"location": "westeurope", "tags": {}}


def expect(store: Store, given: dict[str, Any]) -> None:
    """Keep what `given` names: {"subscription", "blobs": {"account", "container"}, "identity", "image",
    "subscription_name"}."""
    if given.get("subscription_name"):
        subscriptions.expect(store, str(given["subscription_name"]))
    if given.get("subscription"):
        _expect_blobs(store, str(given["subscription"]), given.get("blobs") or {})
        _expect_identity(store, str(given.get("identity") or ""))
        _expect_image(store, str(given.get("image") or ""))


def _expect_blobs(store: Store, subscription: str, blobs: dict[str, str]) -> None:
    """Keep the account and container that `blobs` names, in a resource group of their own."""
    account = blobs.get("account", "")
    with store.lock:
        if not account or account_of(store, account) is not None:
            return
        group = f"/subscriptions/{subscription}/resourceGroups/{GROUP}"
        _expect_group(store, group)
        path = f"{group}/providers/Microsoft.Storage/storageAccounts/{account}"
        hosts = {each: f"https://{account}.{each}.core.windows.net/" for each in ("blob", "dfs", "file")}
        body: Body = {
            "id": path,
            "name": account,
            "type": "Microsoft.Storage/storageAccounts",
            "kind": "StorageV2",
            **PLACE,
            OPEN: True,
        }
        sku = {"name": "Standard_LRS", "tier": "Standard"}
        settings: dict[str, Any] = {"provisioningState": "Succeeded", "creationTime": zulu(), "primaryEndpoints": hosts}
        settings |= {"minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": False}
        store.put(*key(path), {**body, "sku": sku, "properties": settings}, before=True)
        if blobs.get("container"):
            store.put(NAMED, account, {"container": blobs["container"]})


def _expect_identity(store: Store, path: str) -> None:
    """Keep a managed identity that has its roles already; none for an empty path."""
    with store.lock:
        if not path or store.get(*key(path)) is not None:
            return
        _expect_group(store, path.partition("/providers/")[0])
        numbers = {each: guid(store, f"{each} {path.lower()}") for each in ("principalId", "clientId")}
        body: Body = {"id": path, "name": path.rpartition("/")[2], "type": IDENTITY, **PLACE, OPEN: True}
        store.put(*key(path), {**body, "properties": {**numbers, "tenantId": TENANT}}, before=True)


def _expect_image(store: Store, path: str) -> None:
    """Keep an image of the user's own, or a version of one in a gallery; none for an empty path."""
    with store.lock:
        if not path or store.get(*key(path)) is not None:
            return
        _expect_group(store, path.partition("/providers/")[0])
        kinds = path.partition("/providers/")[2].split("/")
        body: Body = {"id": path, "name": kinds[-1], "type": "/".join((kinds[0], *kinds[1::2])), **PLACE, OPEN: True}
        store.put(*key(path), {**body, "properties": {"provisioningState": "Succeeded"}}, before=True)


def _expect_group(store: Store, path: str) -> None:
    if store.get(*key(path)) is None:
        body: Body = {"id": path, "name": path.rpartition("/")[2], "type": GROUPS, **PLACE}
        store.put(*key(path), {**body, "properties": {"provisioningState": "Succeeded"}}, before=True)
