"""Which resource uses which: what must exist before, and what can't be deleted while another uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.google.failure import ApiError, not_found
from embedded_cloud.google.self_links import COMPUTE, LOCATED, path_of, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.store import Body, Store

# collection -> the collections whose resources keep one of it from being deleted
USED_BY = {
    "networks": ("subnetworks", "firewalls", "routers", "instances", "addresses", "routes", "networkEndpointGroups"),
    "subnetworks": ("instances", "addresses", "routers"),
    "instanceTemplates": ("instanceGroupManagers", "regionInstanceGroupManagers"),
    "addresses": ("routers", "instances"),
    "disks": ("instances",),
    "resourcePolicies": ("instances", "instanceGroupManagers"),  # templates hold a name of no region
}
# collections that must exist before another resource may refer to them
MUST_EXIST = frozenset({"networks", "subnetworks", "routers", "instanceTemplates", "resourcePolicies", "addresses"})
IN_OPERATION = frozenset({"networks"})  # these refuse in the operation, the others at once
AUTOMATIC = "x-automatic"  # marks the subnetworks that come and go with their network; never shown
NOUNS = {"instanceTemplates": "instance_template", "resourcePolicies": "resource_policy", "addresses": "address"}


def check_references(store: Store, path: str, body: Body) -> None:
    """Raise ApiError where `body` refers to a resource that isn't there."""
    project = path.split("/")[1]
    for reference in set(_references(body, project)):
        if reference != path and reference.split("/")[-2] in MUST_EXIST and find(store, reference) is None:
            raise not_found(reference)


def user_of(store: Store, path: str) -> str | None:
    """The path of a resource that uses the one at `path`, or None."""
    collection = path.split("/")[-2]
    own = {path, path.rpartition("/")[0] + "/" + str((find(store, path) or {}).get("id"))}
    for place in store.collections():
        kind = place.rpartition("/")[2]
        if not place.startswith(COMPUTE) or kind not in USED_BY.get(collection, ()):
            continue
        project = place.split("/")[4]
        for name, body in store.each(place).items():
            if _belongs(collection, kind, body):
                continue
            if any(reference in own for reference in _references(body, project)):
                return f"{place.removeprefix(COMPUTE)}/{name}"
    return None


def refusal(path: str, user: str) -> str:
    collection = path.split("/")[-2]
    noun = NOUNS.get(collection, collection.removesuffix("s"))
    return f"The {noun} resource '{path}' is already being used by '{user}'"


def in_use(path: str, user: str) -> ApiError:
    return ApiError(400, "resourceInUseByAnotherResource", refusal(path, user))


def find(store: Store, path: str) -> Body | None:
    """The resource at `path`, whose last part may be its name or its numeric id."""
    collection, name = split(path)
    found = store.get(collection, name)
    if found is None and name.isdigit():
        found = next((body for body in store.each(collection).values() if body.get("id") == name), None)
    return found


def _belongs(collection: str, kind: str, body: Body) -> bool:
    """An automatic subnetwork goes with its network."""
    return collection == "networks" and kind == "subnetworks" and bool(body.get(AUTOMATIC))


def _references(value: Any, project: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            if not name.startswith("selfLink") and name not in ("metadata", "labels", "description"):
                yield from _references(each, project)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each, project)
    elif isinstance(value, str):
        path = path_of(value, project)
        if LOCATED.fullmatch(path) and path.count("/") >= 4:
            yield path
