"""Which action a call of Blob storage is, as roles name them.

https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-blob-service-operations
https://learn.microsoft.com/azure/storage/blobs/versioning-overview#authorize-operations-on-blob-versions
(both read 2026-11-25)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.access.role_conditions import BLOBS, Asked

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request

CONTAINERS = BLOBS.removesuffix("/blobs")
READING = ("GET", "HEAD", "OPTIONS")
OF_CONTAINERS = {**dict.fromkeys(READING, "read"), "PUT": "write", "DELETE": "delete"}
OF_TAGS = {"GET": "tags/read", "PUT": "tags/write"}


def asked_of(request: Request) -> Asked:
    """The access that a call asks for."""
    container, *names = request.segments
    path, part = "/".join(names), request.one("comp")
    if path and request.one("restype") != "container":
        return Asked(f"{BLOBS}/{_of_blob(request, part)}", container, path)
    if part == "list" and container:
        return Asked(f"{BLOBS}/read", container)
    if part == "batch":
        return Asked(f"{BLOBS}/delete", container)
    return Asked(f"{CONTAINERS}/{OF_CONTAINERS.get(request.method, 'write')}", container)


def _of_blob(request: Request, part: str) -> str:
    if part == "tags":
        return OF_TAGS.get(request.method, "tags/write")
    if request.method in READING or part == "query":
        return "read"
    if request.method == "DELETE":
        return "deleteBlobVersion/action" if request.one("versionid") else "delete"
    return "write"
