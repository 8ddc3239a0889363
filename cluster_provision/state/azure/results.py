"""What commands have left, in Azure Blob Storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.azure.failures import azure_failures_named
from cluster_provision.errors import StateStoreError
from cluster_provision.state.base import results_folder

if TYPE_CHECKING:
    from pathlib import Path

    from azure.storage.blob import ContainerClient


class AzureResults:
    """Those of the cluster whose folder in the container is `deployment`."""

    def __init__(self, blobs: ContainerClient, deployment: str) -> None:
        self._blobs = blobs
        self._deployment = deployment
        self._folder = results_folder(deployment)

    @property
    def uri(self) -> str:
        """The folder's address."""
        return f"{self._blobs.url}/{self._folder}/"

    @property
    def source(self) -> str:
        """The deployment's address."""
        return f"{self._blobs.url}/{self._deployment}/"

    def fetch(self, name: str, target: Path) -> bool:
        """Download <deployment>/<name>."""
        from azure.core.exceptions import ResourceNotFoundError

        path = f"{self._deployment}/{name}"
        with azure_failures_named(f"reading {self._blobs.url}/{path}", StateStoreError), target.open("wb") as file:
            try:
                self._blobs.download_blob(path).readinto(file)
            except ResourceNotFoundError:
                return False
        return True

    def keep(self, name: str, source: Path) -> None:
        """Upload a file to the folder."""
        path = f"{self._folder}/{name}"
        with azure_failures_named(f"writing {self._blobs.url}/{path}", StateStoreError), source.open("rb") as file:
            self._blobs.upload_blob(path, file, overwrite=True)

    def exist(self) -> bool:
        """List one blob."""
        from azure.core.exceptions import ResourceNotFoundError

        prefix = f"{self._folder}/"
        with azure_failures_named(f"listing {self._blobs.url}/{prefix}", StateStoreError):
            try:
                return next(iter(self._blobs.list_blob_names(name_starts_with=prefix)), None) is not None
            except ResourceNotFoundError:
                return False
