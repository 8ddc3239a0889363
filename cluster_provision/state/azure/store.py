"""Keeps the state in an Azure storage account, with one folder for each cluster.

<container>/[dir/]<NAME_PREFIX>-deployment/
  terraform/state/default.tfstate                     Terraform's own; its lock is a lease on it
  cluster.json                                        the mark that this tool uses the place, and in which zone
  nodes/<name>.json                                   written by the nodes
  runs/<id>.json                                      written by each run that is at work, every 15 seconds
  files/<digest>.tar.gz                               the user's files for the nodes
  <NAME_PREFIX>-env.list, <NAME_PREFIX>-terraform.log the last run's parameters and log
"""

from __future__ import annotations

import contextlib
import shlex
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.azure.cloud import SOFT_DELETE_DAYS
from cluster_provision.clouds.azure.failures import azure_failures_named
from cluster_provision.errors import StateStoreError
from cluster_provision.node import NODES_FOLDER
from cluster_provision.state.azure.account import ROLE, get_access, make_account, remove_account
from cluster_provision.state.azure.busy import repeat_when_busy
from cluster_provision.state.azure.lease import look_at_lease, release
from cluster_provision.state.azure.lines import append, last_line
from cluster_provision.state.azure.results import AzureResults
from cluster_provision.state.azure.rights import rights_on
from cluster_provision.state.base import RUNS_FOLDER, Pulse
from cluster_provision.state.beside import beside, folder_of
from cluster_provision.state.contents import (
    MARK,
    claimed_in,
    facts_of,
    mark_of,
    mark_text,
    record_of,
    summaries,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from azure.core.credentials import TokenCredential
    from azure.storage.blob import BlobProperties, ContainerClient

    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.node import NodeRecord, NodeSummary
    from cluster_provision.state.azure.account import Place
    from cluster_provision.state.base import Lock, Rights, StateFacts

NO_TEXT = "none"
LIMITS: dict[str, Any] = {
    "connection_timeout": 10,
    "read_timeout": 60,
    "retry_total": 3,
    "initial_backoff": 1,
    "increment_base": 2,
}
"""By default azure-storage-blob retries for minutes, longer than a person waits for a first message."""


class AzureBlobStore:
    """The store of cluster `name_prefix` at `place`; with `keys`, it uses the account's key instead of Entra ID.

    An own place is the tool's default one in the subscription: missing groups, accounts and containers are created.
    """

    noun = "container"
    setting = "TERRAFORM_BLOB_PATH"

    def __init__(
        self, cloud: Azure, token: TokenCredential, place: Place, name_prefix: str, *, keys: bool = False
    ) -> None:
        self._cloud = cloud
        self._token = token
        self._place = place
        self._keys = keys
        self._found = False
        self.container = place.container
        self.deployment = "/".join(part for part in (place.folder, f"{name_prefix}-deployment") if part)

    @property
    def uri(self) -> str:
        """The address of Terraform's state."""
        return self._address(self._key)

    @property
    def _key(self) -> str:
        return f"{self.deployment}/terraform/state/default.tfstate"

    def _address(self, name: str) -> str:
        return f"{self._place.url}/{self.container}/{name}"

    def exists(self) -> bool:
        """Whether the container exists. Raises StateStoreError where it is not ours or not readable."""
        if self._found:
            return True
        place = self._place
        if place.own:
            if self._cloud.account(place.group, place.account) is None:
                return False
            self._found = self._cloud.container(place.group, place.account, self.container) is not None
            return self._found
        with azure_failures_named(f"looking for container {place.url}/{self.container}", StateStoreError):
            try:
                self._blobs.get_container_properties()
            except _missing():
                raise StateStoreError(
                    f"there is no container {place.url}/{self.container} (TERRAFORM_BLOB_PATH)",
                    "Create it, or leave TERRAFORM_BLOB_PATH out: then a storage account of the subscription's own is "
                    "made.",
                ) from None
        self._found = True
        return True

    def take_up(self) -> None:
        """Give the caller the role on the tool's own account, where the run that made it came no further."""
        if self._place.own and not self._keys and self.exists():
            get_access(self._cloud, self._place, self._blobs)

    def grants_by_folder(self) -> bool:
        """Whether roles work on a folder: yes, on containers with conditions (terraform/modules/azure/identity)."""
        return True

    def prepare(self) -> bool:
        """Create group, account and container if they are missing. Returns whether it made the container."""
        made = False
        if not self.exists():
            make_account(self._cloud, self._place, keys=self._keys)
            made = self._found = True
        if self._place.own and not self._keys:
            get_access(self._cloud, self._place, self._blobs)
        return made

    def backend(self) -> tuple[str, dict[str, str]]:
        """Return Terraform's azurerm backend, with the caller's own login or with the account's key."""
        settings = {
            "storage_account_name": self._place.account,
            "container_name": self.container,
            "key": self._key,
        }
        if not self._keys:
            return "azurerm", {**settings, "use_azuread_auth": "true"}
        group = {"resource_group_name": self._place.group, "subscription_id": self._cloud.subscription_id}
        return "azurerm", {**settings, **group}

    @property
    def place(self) -> str:
        """The address of the folder that the deployments are in."""
        return self._address(folder_of(self.deployment))

    def clusters(self) -> list[AzureBlobStore]:
        """List the folders beside this deployment."""
        with azure_failures_named(f"listing {self.place}", StateStoreError):
            found = self._blobs.walk_blobs(name_starts_with=folder_of(self.deployment), delimiter="/")
            return beside(self, [each.name for each in found])

    def lock(self) -> Lock | None:
        """The holder of Terraform's lock: an infinite lease, told of in the blob's metadata."""
        names = ("--account-name", self._place.account, "--container-name", self.container, "--blob-name", self._key)
        place = f"{shlex.join(names)} --subscription {self._cloud.subscription_id}"
        with azure_failures_named(f"looking at {self.uri}", StateStoreError):
            return look_at_lease(
                self._blobs.get_blob_client(self._key), f"az storage blob lease break --auth-mode login {place}"
            )

    def unlock(self, lock: Lock) -> bool:
        """Release the lease that was looked at, and forget who held it, as Terraform does."""
        with azure_failures_named(f"releasing the lock of {self.uri}", StateStoreError):
            return release(self._blobs.get_blob_client(self._key), lock, self.uri)

    def rights(self) -> Rights:
        """What Resource Manager tells of the caller's roles on the container."""
        place = self._place
        account = self._cloud.account_id(place.group, place.account) if place.group else ""
        return rights_on(self._cloud, account, self.container, keys=self._keys)

    def pulses(self) -> list[Pulse]:
        """One listing; nothing where there is no container."""
        from azure.core.exceptions import ResourceNotFoundError

        prefix = f"{self.deployment}/{RUNS_FOLDER}/"
        with azure_failures_named(f"listing {self._place.url}/{self.container}/{prefix}", StateStoreError):
            try:
                found = list(self._blobs.list_blobs(name_starts_with=prefix))
            except ResourceNotFoundError:
                return []
            return [
                Pulse(blob.name.removeprefix(f"{self.deployment}/"), blob.last_modified, last_line(self._blobs, blob))
                for blob in found
            ]

    def beat(self, name: str, text: str) -> None:
        """As one more line of an append blob, which makes no version."""
        with azure_failures_named(f"writing {self._place.url}/{self.container}/{name}", StateStoreError):
            append(self._blobs.get_blob_client(f"{self.deployment}/{name}"), text)

    def facts(self) -> StateFacts:
        """Return what the Terraform state and the mark say."""
        mark = mark_of(self._read(f"{self.deployment}/{MARK}"))
        advice = "Look at the blob; an older version of it may be whole (the account keeps versions)."
        # A run that was killed early leaves an empty blob with its lease.
        return facts_of(self._read(self._key) or None, mark, self.uri, advice)

    def claim(self, label: str, zone: str, *, settled: bool) -> None:
        """Write the mark. An existing mark keeps its date."""
        self.write(MARK, mark_text(label, zone, settled=settled, since=self.claimed_at()))

    def claimed_at(self) -> datetime | None:
        """Return the mark's date, or the creation time of a mark without one, which was written only once."""
        name = f"{self.deployment}/{MARK}"
        mark = mark_of(self._read(name))
        if mark is None:
            return None
        if (since := claimed_in(mark)) is not None:
            return since
        with azure_failures_named(f"looking at {self._address(name)}", StateStoreError):
            try:
                return self._blobs.get_blob_client(name).get_blob_properties().creation_time
            except _missing():
                return None

    def node_summaries(self) -> list[NodeSummary]:
        """List all records, 5000 on a page. Empty where the container, or even its account, doesn't exist.

        A missing account's name does not resolve.
        """
        if not self.exists():
            return []
        prefix = f"{self.deployment}/{NODES_FOLDER}/"
        with azure_failures_named(f"listing {self._address(prefix)}", StateStoreError):
            try:
                listed = list(self._blobs.list_blobs(name_starts_with=prefix, include=["metadata"]))
            except _missing():
                return []
        return summaries({blob.name.removeprefix(prefix): _told(blob.metadata or {}) for blob in listed})

    def node_record(self, name: str) -> NodeRecord | None:
        """Return the record of node `name`, or None where there is none or it can't be parsed."""
        return record_of(self._read(f"{self.deployment}/{NODES_FOLDER}/{name}.json"))

    def forget_nodes(self, keep: set[str]) -> None:
        """Delete the records of machines that are gone."""
        gone = [s.name for s in self.node_summaries() if s.name not in keep]
        with azure_failures_named("deleting the records of nodes that are gone", StateStoreError):
            for name in gone:
                self._delete(f"{self.deployment}/{NODES_FOLDER}/{name}.json")

    def upload(self, name: str, source: Path) -> None:
        """Put a file at <deployment>/<name>."""
        with azure_failures_named(f"uploading {name}", StateStoreError), source.open("rb") as file:
            self._blobs.upload_blob(f"{self.deployment}/{name}", file, overwrite=True)

    def write(self, name: str, text: str) -> None:
        """Put a text at <deployment>/<name>."""
        with azure_failures_named(f"writing {self._address(name)}", StateStoreError):
            self._blobs.upload_blob(f"{self.deployment}/{name}", text.encode(), overwrite=True)

    def read(self, name: str) -> str | None:
        """Return the text at <deployment>/<name>, or None where there is none."""
        return self._read(f"{self.deployment}/{name}")

    def has(self, name: str) -> bool:
        """Whether <deployment>/<name> exists."""
        with azure_failures_named(f"looking at {self._address(self.deployment)}", StateStoreError):
            return bool(self._blobs.get_blob_client(f"{self.deployment}/{name}").exists())

    def remove(self, name: str) -> None:
        """Delete <deployment>/<name>, where it is there."""
        with azure_failures_named(f"deleting {self._place.url}/{self.container}/{name}", StateStoreError):
            self._delete(f"{self.deployment}/{name}")

    @property
    def results(self) -> AzureResults:
        """What commands have left."""
        return AzureResults(self._blobs, self.deployment)

    def delete_deployment(self) -> str:
        """Delete the cluster's folder; then container, account and group, if they are the tool's and empty.

        What an account keeps of deleted blobs is deleted with the account; an account that stays keeps it for its own
        time.
        """
        with azure_failures_named(f"deleting {self._address(self.deployment)}", StateStoreError):
            blobs = list(self._blobs.list_blobs(f"{self.deployment}/", include=["versions"]))
            gone = [self._delete_version(blob) for blob in blobs]
            left = next(iter(self._blobs.list_blob_names()), None)
        if not all(gone):
            return f'former versions of its blobs, which only the role "{ROLE}" may delete'
        if not self._place.own:
            return "deleted blobs, which the storage account keeps for as long as its settings say"
        if left is not None:
            return f"deleted blobs, for {SOFT_DELETE_DAYS} days, in a storage account that holds more"
        return remove_account(self._cloud, self._place)

    @cached_property
    def _blobs(self) -> ContainerClient:
        """The container, with the caller's login or with the account's key. The account must exist for its key."""
        from azure.storage.blob import BlobServiceClient

        place = self._place
        credential = self._cloud.account_key(place.group, place.account) if self._keys else self._token
        service = BlobServiceClient(
            place.url, credential=credential, _additional_pipeline_policies=[repeat_when_busy()], **LIMITS
        )
        return service.get_container_client(self.container)

    def _read(self, name: str) -> str | None:
        with azure_failures_named(f"reading {self._address(name)}", StateStoreError):
            try:
                return self._blobs.download_blob(name, encoding="utf-8").readall()
            except _missing():
                return None

    def _delete(self, name: str) -> None:
        with contextlib.suppress(_missing()):
            self._blobs.delete_blob(name, delete_snapshots="include")

    def _delete_version(self, blob: BlobProperties) -> bool:
        """Delete a former version by its id. Delete the current one by its name, which makes it a former one, and then
        by id.

        Returns False if it stays, because the caller's role may not delete former versions.
        """
        from azure.core.exceptions import HttpResponseError

        client = self._blobs.get_blob_client(blob.name)
        with contextlib.suppress(_missing()):
            if not blob.version_id or blob.is_current_version:
                client.delete_blob(delete_snapshots="include")
            if blob.version_id:
                try:
                    client.delete_blob(version_id=blob.version_id)
                except HttpResponseError as failure:
                    if failure.status_code != 403 or "AuthorizationPermissionMismatch" not in str(failure):
                        raise
                    return False
        return True


def _missing() -> type[Exception]:
    """Return the library's error for a missing resource. The late import keeps the tool's start quick."""
    from azure.core.exceptions import ResourceNotFoundError

    return ResourceNotFoundError


def _told(metadata: dict[str, str]) -> dict[str, str]:
    """Undo the nodes' word for an empty text (node/azure/lib/storage.sh), which blob metadata can't hold.

    An empty text that somebody writes anyway is listed as None: an XML element without text.
    """
    return {name: "" if value in (NO_TEXT, None) else value for name, value in metadata.items()}
