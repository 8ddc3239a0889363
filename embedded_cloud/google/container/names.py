"""Where the store keeps Kubernetes Engine's resources, and the names that GKE makes up."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from embedded_cloud.google.failure import ApiError

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body, Store

CONTAINER = "//container.googleapis.com/"
ROOT = "https://container.googleapis.com/v1/"


def collection(path: str) -> tuple[str, str]:
    """The store's collection and id for `projects/p/locations/l/clusters/c` or one of its pools."""
    parent, _, name = path.rpartition("/")
    return CONTAINER + parent, name


def found(store: Store, path: str) -> Body:
    """The cluster or pool at `path`; raises ApiError (404) where it isn't there."""
    body = store.get(*collection(path))
    if body is None:
        raise not_there(path)
    return body


def not_there(path: str) -> ApiError:
    return ApiError(404, "notFound", f"Not found: {path}.")


def cluster_path(call: Call) -> str:
    """The path of the cluster that the call is about, or of the cluster of its pool."""
    return "/".join(call.resource[1:7])


def pools_of(store: Store, cluster: str) -> dict[str, Body]:
    return store.each(f"{CONTAINER}{cluster}/nodePools")


def clusters(store: Store) -> list[tuple[str, Body]]:
    """Every cluster of every project, with its path."""
    return [
        (f"{place.removeprefix(CONTAINER)}/{name}", body)
        for place in store.collections()
        if place.startswith(CONTAINER) and place.endswith("/clusters")
        for name, body in store.each(place).items()
    ]


def digest(text: str, length: int = 8) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def self_link(path: str) -> str:
    """As the API writes it: a zone's things are in `zones`, a region's in `locations`."""
    parts = path.split("/")
    if parts[3].count("-") > 1:
        parts[2] = "zones"
    return ROOT + "/".join(parts)


def shown(body: Body) -> Body:
    """The body without the emulator's own marks."""
    return {k: v for k, v in body.items() if not k.startswith("x-")}
