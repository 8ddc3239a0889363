"""Terraform's lock on Azure: an infinite lease of the state's blob, and in its metadata whose it is."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cluster_provision.errors import StateLocked
from cluster_provision.state.contents import lock_of

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient

    from cluster_provision.state.base import Lock

METADATA = "terraformlockid"


def look_at_lease(blob: BlobClient, clear: str) -> Lock | None:
    """The lock, None where nobody holds it. Its id is the lease's; its generation the blob's ETag, which a new holder
    changes with the metadata."""
    from azure.core.exceptions import ResourceNotFoundError

    try:
        found = blob.get_blob_properties()
    except ResourceNotFoundError:
        return None
    if str(found.lease.state) != "leased":
        return None
    return lock_of(_decoded(str((found.metadata or {}).get(METADATA, ""))), clear, str(found.etag or ""))


def release(blob: BlobClient, lock: Lock, uri: str) -> bool:
    """Let go of this very lease; False where none is held. Raises StateLocked where it is another by now.

    A lease whose id nobody noted can only be broken, and is while the blob is as it was looked at.
    """
    from azure.core import MatchConditions
    from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
    from azure.storage.blob import BlobLeaseClient

    try:
        found = blob.get_blob_properties()
        if str(found.lease.state) != "leased":
            return False
        if not lock.id:
            BlobLeaseClient(blob).break_lease(
                lease_break_period=0, etag=lock.generation, match_condition=MatchConditions.IfNotModified
            )
            return True
        metadata = {name: value for name, value in (found.metadata or {}).items() if name.lower() != METADATA}
        blob.set_blob_metadata(metadata, lease=lock.id)
        BlobLeaseClient(blob, lease_id=lock.id).release()
    except ResourceNotFoundError:
        return False
    except HttpResponseError as failure:
        if failure.status_code not in (409, 412):
            raise
        raise StateLocked(
            f"the lock of {uri} is another run's by now; it is left alone", "Wait for that run to end, or look again."
        ) from None
    return True


def _decoded(text: str) -> bytes:
    """What stands in base64; nothing where it is none."""
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""
