"""What an env file names, and that would have been there beforehand: the storage account of TERRAFORM_BLOB_PATH."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..google.times import zulu
from .blob import ACCOUNTS, NAMED, OPEN
from .ids import key

if TYPE_CHECKING:
    from ..store import Body, Store

GROUP = "state-before"
LOCATION = "westeurope"


def expect(store: Store, subscription: str, blobs: dict[str, str]) -> None:
    """The account and container that `blobs` names, in a resource group of their own."""
    account = blobs.get("account", "")
    with store.lock:
        if not account or any(
            store.get(each, account) for each in store.collections() if each.endswith(f"/providers/{ACCOUNTS}")
        ):
            return
        group = f"/subscriptions/{subscription}/resourceGroups/{GROUP}"
        place = {"location": LOCATION, "tags": {}}
        body: Body = {"id": group, "name": GROUP, "type": "Microsoft.Resources/subscriptions/resourceGroups", **place}
        store.put(*key(group), {**body, "properties": {"provisioningState": "Succeeded"}}, before=True)
        path = f"{group}/providers/Microsoft.Storage/storageAccounts/{account}"
        hosts = {each: f"https://{account}.{each}.core.windows.net/" for each in ("blob", "dfs", "file")}
        body = {
            "id": path,
            "name": account,
            "type": "Microsoft.Storage/storageAccounts",
            "kind": "StorageV2",
            **place,
            OPEN: True,
        }
        sku = {"name": "Standard_LRS", "tier": "Standard"}
        settings: dict[str, Any] = {"provisioningState": "Succeeded", "creationTime": zulu(), "primaryEndpoints": hosts}
        settings |= {"minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": False}
        store.put(*key(path), {**body, "sku": sku, "properties": settings}, before=True)
        if blobs.get("container"):
            store.put(NAMED, account, {"container": blobs["container"]})
