"""What commands have left, in Cloud Storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.failures import google_failures_named
from cluster_provision.errors import StateStoreError
from cluster_provision.state.base import results_folder

if TYPE_CHECKING:
    from pathlib import Path

    from google.api_core.retry import Retry
    from google.cloud.storage import Client


class GcsResults:
    """Those of the cluster whose folder in `bucket` is `deployment`."""

    def __init__(self, client: Client, bucket: str, deployment: str, retry: Retry) -> None:
        self._client = client
        self._bucket = bucket
        self._deployment = deployment
        self._folder = results_folder(deployment)
        self._retry = retry

    @property
    def uri(self) -> str:
        """The folder's address."""
        return f"gs://{self._bucket}/{self._folder}/"

    @property
    def source(self) -> str:
        """The deployment's address."""
        return f"gs://{self._bucket}/{self._deployment}/"

    def fetch(self, name: str, target: Path) -> bool:
        """Download <deployment>/<name>."""
        from google.api_core.exceptions import NotFound

        path = f"{self._deployment}/{name}"
        with google_failures_named(f"reading gs://{self._bucket}/{path}", StateStoreError):
            try:
                self._client.bucket(self._bucket).blob(path).download_to_filename(str(target), retry=self._retry)
            except NotFound:
                return False
        return True

    def keep(self, name: str, source: Path) -> None:
        """Upload a file to the folder."""
        path = f"{self._folder}/{name}"
        with google_failures_named(f"writing gs://{self._bucket}/{path}", StateStoreError):
            self._client.bucket(self._bucket).blob(path).upload_from_filename(str(source), retry=self._retry)

    def exist(self) -> bool:
        """List one object."""
        from google.api_core.exceptions import NotFound

        prefix = f"{self._folder}/"
        with google_failures_named(f"listing gs://{self._bucket}/{prefix}", StateStoreError):
            try:
                found = self._client.list_blobs(self._bucket, prefix=prefix, max_results=1, retry=self._retry)
                return next(iter(found), None) is not None
            except NotFound:
                return False
