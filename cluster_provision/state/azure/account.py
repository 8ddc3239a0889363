"""The place of an Azure cluster's blobs, and the tool's own storage account: making, access, deletion."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.azure.failures import azure_failures_named
from cluster_provision.errors import NotReady, PermissionDenied, StateStoreError

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient

    from cluster_provision.clouds.azure.cloud import Azure

MADE_BY = {"created-by": "cluster-provision"}
ROLE = "Storage Blob Data Owner"
PATIENCE_SECONDS = 300.0
"""A new role takes minutes to be known everywhere:
https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

POLL_SECONDS = 5.0


@dataclass(frozen=True)
class Place:
    """The place of blobs. `group` is the account's resource group, for an account that the tool makes (`own`), with the
    user's `tags`."""

    account: str
    container: str
    folder: str = ""
    group: str = ""
    location: str = ""
    own: bool = False
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://{self.account}.blob.core.windows.net"


def make_account(cloud: Azure, place: Place, *, keys: bool) -> None:
    """Create group, account and container, each if it is missing. The account has keys only with `keys`.

    Raises StateStoreError where somebody else has the account's name.
    """
    tags = {**place.tags, **MADE_BY}
    if cloud.group(place.group) is None:
        cloud.make_group(place.group, place.location, tags)
    if cloud.account(place.group, place.account) is None:
        if not cloud.account_name_is_free(place.account):
            raise StateStoreError(
                f"the name of the storage account {place.account} is taken",
                "Name a container of your own: "
                "TERRAFORM_BLOB_PATH=https://<account>.blob.core.windows.net/<container>/<folder>.",
            )
        cloud.make_account(place.group, place.account, place.location, tags, keys=keys)
    cloud.keep_versions(place.group, place.account)
    cloud.make_container(place.group, place.account, place.container)


def get_access(cloud: Azure, place: Place, blobs: ContainerClient) -> None:
    """Give the caller the role for the account's blobs, and wait until it takes effect.

    The maker of an account may not read its blobs, not even as the subscription's owner. Raises StateStoreError where
    the role can't be given, or doesn't take effect in time.
    """
    if _may_read(blobs):
        return
    scope = cloud.account_id(place.group, place.account)
    command = f"az role assignment create --role '{ROLE}' --assignee {cloud.caller()} --scope {shlex.quote(scope)}"
    until = time.monotonic() + PATIENCE_SECONDS
    if not _given(cloud, scope, until):
        raise StateStoreError(
            f"you may not read the blobs of storage account {place.account}, nor give yourself the right to",
            f"Ask somebody who may to give you that role:\n  {command}",
        )
    while not _may_read(blobs):
        if time.monotonic() > until:
            raise StateStoreError(
                f'the role "{ROLE}" on storage account {place.account} is not in effect yet',
                "Azure takes minutes to make a role known: run the same command again later.",
            )
        time.sleep(POLL_SECONDS)


def _given(cloud: Azure, scope: str, until: float) -> bool:
    """Whether the caller has the role now. An identity that was made just before isn't known everywhere at once.

    azurerm waits in the same way for the roles that it gives (role_assignment_resource.go, PrincipalNotFound). Raises
    NotReady where the directory doesn't know the caller in time.
    """
    while True:
        try:
            return cloud.let_me_at_blobs(scope)
        except NotReady as failure:
            if "PrincipalNotFound" not in failure.message or time.monotonic() > until:
                raise
        time.sleep(POLL_SECONDS)


def remove_account(cloud: Azure, place: Place) -> str:
    """Delete the account if this tool made it; then its group, if the tool made that too and it is empty.

    Returns what had to stay, in words; empty for nothing.
    """
    if not _is_ours(cloud.account(place.group, place.account)):
        return ""
    try:
        cloud.remove_account(place.group, place.account)
        if _is_ours(cloud.group(place.group)) and cloud.group_is_empty(place.group):
            cloud.remove_group(place.group)
    except PermissionDenied:
        return f"the empty storage account {place.account}, which you may not delete"
    return ""


def _is_ours(found: dict[str, Any] | None) -> bool:
    return found is not None and (found.get("tags") or {}).items() >= MADE_BY.items()


def _may_read(blobs: ContainerClient) -> bool:
    from azure.core.exceptions import HttpResponseError

    with azure_failures_named(f"listing {blobs.url}", StateStoreError):
        try:
            next(iter(blobs.list_blob_names(results_per_page=1)), None)
        except HttpResponseError as failure:
            if failure.status_code == 403 and "AuthorizationPermissionMismatch" in str(failure):
                return False
            raise
    return True
