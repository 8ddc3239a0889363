"""Where the store keeps buckets and objects, and the errors where they are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.google.failure import ApiError

if TYPE_CHECKING:
    from embedded_cloud.store import Body, Store

BUCKETS = "//storage.googleapis.com/projects/_/buckets"


def bucket(store: Store, name: str) -> Body:
    """The bucket; raises ApiError (404)."""
    found = store.get(BUCKETS, name)
    if found is None:
        raise ApiError(404, "notFound", "The specified bucket does not exist.")
    return found


def bucket_name(name: str) -> str:
    """The bucket's full resource name."""
    return f"{BUCKETS}/{name}"


def live(name: str) -> str:
    """The collection of the bucket's objects, by name."""
    return f"{BUCKETS}/{name}/objects"


def archived(name: str) -> str:
    """The collection of its noncurrent versions, by name and generation."""
    return f"{BUCKETS}/{name}/archived"


def no_object(bucket: str, name: str) -> ApiError:
    return ApiError(404, "notFound", f"No such object: {bucket}/{name}")
