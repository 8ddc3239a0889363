"""Which permissions a request to Cloud Storage needs, and on what.

https://docs.cloud.google.com/storage/docs/access-control/iam-json (read 2026-11-30): a list needs its permission on
the bucket, and what replaces an object needs the one to delete it, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.storage.names import live
from embedded_cloud.google.storage.uploads import object_of

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request
    from embedded_cloud.store import Store

OBJECTS = "storage.objects."
VERBS = {"GET": "get", "DELETE": "delete", "PATCH": "update", "PUT": "update"}


def needed(store: Store, request: Request, segments: list[str]) -> list[tuple[str, str, str]]:
    """The bucket, the permission and the resource of each; of other requests than those about objects, nothing."""
    if segments[:1] == ["download"]:
        segments = segments[1:]
    match segments:
        case ["storage", "v1", "b", bucket, "o"]:
            return [(bucket, f"{OBJECTS}list", _bucket(bucket))]
        case ["storage", "v1", "b", bucket, "o", name]:
            return [(bucket, f"{OBJECTS}{VERBS.get(request.method, 'get')}", _object(bucket, name))]
        case ["upload", "storage", "v1", "b", bucket, "o"] if not request.one("upload_id"):
            return _write(store, bucket, _uploaded(request))
        case [bucket, *rest] if rest and bucket not in ("storage", "upload", "batch"):
            name = "/".join(rest)
            if request.method == "PUT":
                return _write(store, bucket, name)
            return [(bucket, f"{OBJECTS}{'delete' if request.method == 'DELETE' else 'get'}", _object(bucket, name))]
    return []


def _write(store: Store, bucket: str, name: str) -> list[tuple[str, str, str]]:
    verbs = ["create", *(["delete"] if store.get(live(bucket), name) is not None else [])]
    return [(bucket, OBJECTS + verb, _object(bucket, name)) for verb in verbs]


def _uploaded(request: Request) -> str:
    """The object that an upload makes; empty where its body is refused anyway."""
    try:
        return object_of(request)
    except ApiError:
        return ""


def _bucket(bucket: str) -> str:
    return f"projects/_/buckets/{bucket}"


def _object(bucket: str, name: str) -> str:
    return f"{_bucket(bucket)}/objects/{name}"
