"""The content of objects, with checksums, length and type."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

import google_crc32c

from embedded_cloud.google.failure import ApiError, invalid
from embedded_cloud.google.storage import preconditions
from embedded_cloud.google.storage.buckets import etag
from embedded_cloud.google.storage.names import archived, bucket, live
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.store import Body, Store

# What a client may say of an object.
SETTABLE = frozenset(
    [
        "cacheControl",
        "contentDisposition",
        "contentEncoding",
        "contentLanguage",
        "contentType",
        "customTime",
        "metadata",
        "eventBasedHold",
        "temporaryHold",
        "storageClass",
    ]
)


def crc32c(data: bytes) -> str:
    return base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def create(store: Store, bucket_name: str, name: str, data: bytes, given: Body, query: Mapping[str, list[str]]) -> Body:
    """Write an object where the query's preconditions hold; raises ApiError. Hold the store's lock around it."""
    home = bucket(store, bucket_name)
    if not name or len(name.encode()) > 1024 or "\n" in name or "\r" in name:
        raise invalid(f"Invalid object name: {name!r}")
    old = store.get(live(bucket_name), name)
    preconditions.check(query, old)
    sums = {"md5Hash": md5(data), "crc32c": crc32c(data)}
    for kind, value in sums.items():
        if given.get(kind) and given[kind] != value:
            label = "MD5" if kind == "md5Hash" else "CRC32C"
            raise invalid(f'Provided {label} hash "{given[kind]}" doesn\'t match calculated {label} hash "{value}".')
    now = zulu()
    generation = str(store.next_generation())
    where = f"https://storage.googleapis.com/storage/v1/b/{bucket_name}/o/{quote(name, safe='')}"
    body: Body = {
        "kind": "storage#object",
        "id": f"{bucket_name}/{name}/{generation}",
        "selfLink": where.replace("storage.googleapis.com", "www.googleapis.com"),
        "mediaLink": where.replace("/storage/v1/", "/download/storage/v1/") + f"?generation={generation}&alt=media",
        "storageClass": home.get("storageClass", "STANDARD"),
        "contentType": "application/octet-stream",
        **{k: v for k, v in given.items() if k in SETTABLE and v is not None},
        "name": name,
        "bucket": bucket_name,
        "generation": generation,
        "metageneration": "1",
        "size": str(len(data)),
        **sums,
        "etag": etag(generation, "1"),
        "timeCreated": now,
        "updated": now,
        "timeStorageClassUpdated": now,
        "timeFinalized": now,
    }
    store.write_content(generation, data)
    if old is not None:
        retire(store, old)
    return store.put(live(bucket_name), name, body)


def retire(store: Store, old: Body) -> None:
    """Remove the live object; a versioned bucket keeps it as noncurrent."""
    home = bucket(store, old["bucket"])
    store.delete(live(old["bucket"]), old["name"])
    if (home.get("versioning") or {}).get("enabled"):
        kept = {**old, "timeDeleted": zulu()}
        store.put(archived(old["bucket"]), f"{old['name']}#{old['generation']}", kept)
    else:
        store.drop_content(old["generation"])


def read(store: Store, found: Body) -> bytes:
    try:
        return store.read_content(found["generation"])
    except FileNotFoundError:
        raise ApiError(500, "internalError", f"the content of {found['name']} is gone from {store.folder}") from None
