"""Whether who signed in may write and delete the state's blobs, by Resource Manager's list of what roles give.

https://learn.microsoft.com/rest/api/authorization/permissions (read 2026-11-25)
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import CANNOT_LOOK
from cluster_provision.state.base import Rights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.azure.cloud import Azure

AUTHORIZATION = "2022-04-01"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
KEYS = "Microsoft.Storage/storageAccounts/listKeys/action"
READ, *CHANGES = f"{BLOBS}/read", f"{BLOBS}/write", f"{BLOBS}/delete"


def rights_on(cloud: Azure, account: str, container: str, *, keys: bool) -> Rights:
    """`account` is the account's resource id, empty where nobody knows it; with `keys`, its keys give every right."""
    told = f"blobs in container {container} may be written and deleted"
    if not account:
        return Rights(told, unproven="the storage account's resource group isn't known, so roles can't be looked up")
    path = f"{account}/blobServices/default/containers/{container}/providers/Microsoft.Authorization/permissions"
    try:
        found = list(cloud.pages(path, AUTHORIZATION, "looking up your roles on the state's container"))
    except CANNOT_LOOK as failure:
        return Rights(told, unproven=" ".join(failure.message.split()))
    if keys:
        return Rights(told, missing=() if _gives(found, KEYS, "actions", "notActions") else (KEYS,))
    if not _gives(found, READ, "dataActions", "notDataActions"):
        # They were read already: a role with a condition, or one that Azure doesn't list.
        return Rights(told, unproven="Azure's list of your roles tells nothing of blobs, though you can read them")
    return Rights(told, tuple(each for each in CHANGES if not _gives(found, each, "dataActions", "notDataActions")))


def _gives(found: Sequence[dict[str, Any]], action: str, given: str, less: str) -> bool:
    return any(_matches(action, each.get(given)) and not _matches(action, each.get(less)) for each in found)


def _matches(action: str, patterns: Sequence[str] | None) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns or ())
