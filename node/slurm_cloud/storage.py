"""The cluster's objects in the state store: a bucket of Cloud Storage, or a container of Azure Blob Storage."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from node.slurm_cloud.http import Reply, failure_of, send, send_file

if TYPE_CHECKING:
    from node.slurm_cloud.identity import Identity
    from node.slurm_cloud.place import Place

STORAGE_ENDPOINT = os.environ.get("STORAGE_ENDPOINT", "https://storage.googleapis.com")
BLOB_ENDPOINT = os.environ.get("BLOB_ENDPOINT", "")
BLOB_VERSION = "2021-12-02"
BLOCK = {"x-ms-blob-type": "BlockBlob", "Content-Type": "application/octet-stream"}


class Store(Protocol):
    """Objects by their names below the deployment."""

    def read(self, name: str) -> bytes | None:
        """An object's content, None where there is none. Raises CallFailed for every other refusal."""

    def write(self, name: str, content: bytes, *, only_new: bool = False) -> bool:
        """Put an object in place of what is there; with `only_new`, leave one that is there, and return False.

        Raises CallFailed.
        """

    def put(self, name: str, path: str) -> None:
        """Put a file, however large, in place of what is there. Raises CallFailed, and OSError of the file."""


def store_of(place: Place, identity: Identity) -> Store:
    return Blobs(place, identity) if place.cloud == "azure" else Bucket(place, identity)


class Bucket:
    """https://cloud.google.com/storage/docs/json_api"""

    def __init__(self, place: Place, identity: Identity) -> None:
        self._place, self._identity = place, identity

    def read(self, name: str) -> bytes | None:
        url = f"{STORAGE_ENDPOINT}/storage/v1/b/{self._place.bucket}/o/{quote(self._full(name), '')}?alt=media"
        return _content(url, self._identity.answered(lambda token: send("GET", url, _bearer(token))))

    def write(self, name: str, content: bytes, *, only_new: bool = False) -> bool:
        url = f"{STORAGE_ENDPOINT}/upload/storage/v1/b/{self._place.bucket}/o?uploadType=media"
        url += f"&name={quote(self._full(name), '')}{'&ifGenerationMatch=0' if only_new else ''}"
        binary = {"Content-Type": "application/octet-stream"}
        reply = self._identity.answered(lambda token: send("POST", url, {**_bearer(token), **binary}, content))
        if reply.status not in (200, 412 if only_new else 200):
            raise failure_of("POST", url, reply)
        return reply.status == 200

    def put(self, name: str, path: str) -> None:
        url = f"{STORAGE_ENDPOINT}/upload/storage/v1/b/{self._place.bucket}/o?uploadType=media"
        url += f"&name={quote(self._full(name), '')}"
        binary = {"Content-Type": "application/octet-stream"}
        reply = self._identity.answered(lambda token: send_file("POST", url, {**_bearer(token), **binary}, path))
        if reply.status != 200:
            raise failure_of("POST", url, reply)

    def _full(self, name: str) -> str:
        return f"{self._place.deployment}/{name}"


class Blobs:
    """https://learn.microsoft.com/rest/api/storageservices/put-blob"""

    def __init__(self, place: Place, identity: Identity) -> None:
        self._place, self._identity = place, identity

    def read(self, name: str) -> bytes | None:
        url = self._url(name)
        return _content(url, self._identity.answered(lambda token: send("GET", url, _versioned(token))))

    def write(self, name: str, content: bytes, *, only_new: bool = False) -> bool:
        url = self._url(name)
        new = {"If-None-Match": "*"} if only_new else {}
        reply = self._identity.answered(lambda token: send("PUT", url, {**_versioned(token), **BLOCK, **new}, content))
        # 409 BlobAlreadyExists, 412 from older versions of the service.
        if reply.status != 201 and not (only_new and reply.status in (409, 412)):
            raise failure_of("PUT", url, reply)
        return reply.status == 201

    def put(self, name: str, path: str) -> None:
        url = self._url(name)
        reply = self._identity.answered(lambda token: send_file("PUT", url, {**_versioned(token), **BLOCK}, path))
        if reply.status != 201:
            raise failure_of("PUT", url, reply)

    def _url(self, name: str) -> str:
        endpoint = BLOB_ENDPOINT or f"https://{self._place.account}.blob.core.windows.net"
        return f"{endpoint}/{self._place.bucket}/{quote(f'{self._place.deployment}/{name}')}"


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _versioned(token: str) -> dict[str, str]:
    return {**_bearer(token), "x-ms-version": BLOB_VERSION}


def _content(url: str, reply: Reply) -> bytes | None:
    if reply.status == 404:
        return None
    if reply.status != 200:
        raise failure_of("GET", url, reply)
    return reply.body
