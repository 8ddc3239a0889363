"""The folders in a bucket of Cloud Storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.failures import google_failures_named
from cluster_provision.errors import StateStoreError

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.storage import Client


def folders_in(client: Client, bucket: str, folder: str, retry: Retry) -> list[str]:
    """The folders in `folder`, which has its slash or is empty for the top, as their whole names with a slash."""
    with google_failures_named(f"listing gs://{bucket}/{folder}", StateStoreError):
        listed = client.list_blobs(bucket, prefix=folder, delimiter="/", retry=retry)
        for _ in listed:  # its `prefixes` are known once all pages are read
            pass
    return list(listed.prefixes)
