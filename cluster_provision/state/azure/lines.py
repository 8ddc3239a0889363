"""A text that changes often, as the last line of an append blob: appending makes no former versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient, BlobProperties, ContainerClient

LONGEST = 8192


def append(blob: BlobClient, text: str) -> None:
    """Add a line; the blob is made anew where it is missing, or full."""
    from azure.core.exceptions import HttpResponseError

    line = f"{text}\n".encode()
    try:
        blob.append_block(line)
    except HttpResponseError as failure:
        if failure.status_code not in (404, 409):
            raise
        blob.create_append_blob()
        blob.append_block(line)


def last_line(blobs: ContainerClient, blob: BlobProperties) -> str:
    """The last line; empty where the blob is gone by now."""
    from azure.core.exceptions import HttpResponseError

    size = int(blob.size or 0)
    if not size:
        return ""
    try:
        told = blobs.download_blob(blob.name, offset=max(size - LONGEST, 0)).readall()
    except HttpResponseError as failure:
        if failure.status_code not in (404, 412, 416):
            raise
        return ""
    return bytes(told).decode(errors="replace").strip().rpartition("\n")[2]
