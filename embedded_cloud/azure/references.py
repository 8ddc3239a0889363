"""Which resource refers to which: what has to be there first, and what can't go while another refers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.ids import ROOT, key, parse
from embedded_cloud.azure.resource_types import ResourceType, type_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.store import Body, Store

# Whose references are looked up when they are given.
CHECKED = ("microsoft.network/", "microsoft.compute/")
# Those were made elsewhere, before: whoever names one has it.
THERE = ("microsoft.compute/images", "microsoft.compute/galleries/")


def check_references(store: Store, body: Body) -> None:
    """Raise ArmError where `body`, a resource with its id, refers to one that isn't there."""
    for user, wanted in references(body):
        kind = parse(wanted).type.lower()
        if not kind.startswith(CHECKED) or kind.startswith(THERE) or is_within(wanted, body["id"]):
            continue
        if find(store, wanted) is None:
            raise ArmError(
                400,
                "InvalidResourceReference",
                f"Resource {wanted} referenced by resource {user} was not found. Please make sure that the referenced "
                "resource exists, and that both resources are in the same region.",
            )


def check_unused(store: Store, kind: ResourceType, body: Body) -> None:
    """Raise ArmError where another resource keeps this one, or a part of it, from being deleted."""
    if kind.nested and _has_nested(store, body["id"]):
        code, text = kind.nested
        raise ArmError(409, code, text)
    for part, shape in parts(kind, body):
        if not shape.in_use:
            continue
        user = next((each for each in users(store, part["id"]) if not is_within(each, body["id"])), None)
        if user is not None:
            code, text = shape.in_use
            raise ArmError(400, code, text.format(id=part["id"], name=part["name"], user=user))


def _has_nested(store: Store, path: str) -> bool:
    """Whether there is a resource of its own below this id."""
    below = (each for each in everything(store) if each["id"].lower().startswith(f"{path.lower()}/"))
    return any(kind.tracked for each in below if (kind := type_named(each["type"])) is not None)


def with_users(store: Store, kind: ResourceType, body: Body) -> Body:
    """The body as it is shown: with the references to it and to its parts."""
    wanted = {part["id"].lower() for part, shape in parts(kind, body) if shape.users}
    if not wanted:
        return body
    found: dict[str, list[str]] = {}
    for other in everything(store):
        for user, meant in references(other):
            if meant.lower() in wanted:
                found.setdefault(meant.lower(), []).append(user)
    return _told(kind, body, found)


def find(store: Store, path: str) -> Body | None:
    """The resource, or part of one, with this id."""
    body = store.get(*key(path))
    if body is not None:
        return body
    meant = parse(path)
    if len(meant.names) < 2:
        return None
    parent = find(store, meant.parent)
    kind = type_named(parent["type"]) if parent else None
    child = kind.child(meant.types[-1]) if kind else None
    if parent is None or child is None:
        return None
    return next((each for each in read(parent, child[1]) or () if each["name"].lower() == meant.name.lower()), None)


def users(store: Store, path: str) -> Iterator[str]:
    """The ids of what refers to the resource with this id."""
    for body in everything(store):
        for user, meant in references(body):
            if meant.lower() == path.lower():
                yield user


def references(body: Body) -> Iterator[tuple[str, str]]:
    """Each reference in a resource: the id of the resource or part that makes it, and the id that it means."""
    yield from _walk(body, body["id"])


def everything(store: Store) -> Iterator[Body]:
    for collection in store.collections():
        if collection.startswith(ROOT):
            yield from (body for body in store.each(collection).values() if "id" in body)


def parts(kind: ResourceType, body: Body) -> Iterator[tuple[Body, ResourceType]]:
    """The resource and all its parts, each with its kind."""
    yield body, kind
    for name, path in kind.children.items():
        shape = type_named(f"{kind.type}/{name}")
        for each in read(body, path) or () if shape else ():
            yield each, shape  # type: ignore[misc]


def is_within(path: str, outer: str) -> bool:
    return path.lower() == outer.lower() or path.lower().startswith(outer.lower() + "/")


def scope_of(extension: Body) -> str:
    """What a lock or role assignment is put on."""
    scope: str = extension["id"].rpartition("/providers/")[0]
    return scope


def _walk(value: Any, owner: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for each in value:
            yield from _walk(each, owner)
    if not isinstance(value, dict):
        return
    own = value.get("id")
    if isinstance(own, str) and own.startswith("/subscriptions/"):
        if own.lower() == owner.lower() or ("name" in value and is_within(own, owner)):
            owner = own
        else:
            yield owner, own
    for each in value.values():
        yield from _walk(each, owner)


def _told(kind: ResourceType, body: Body, found: dict[str, list[str]]) -> Body:
    mine = found.get(body["id"].lower(), [])
    for path, types in kind.users.items():
        wanted = [each.lower() for each in types]
        given = [{"id": user} for user in mine if parse(user).type.lower() in wanted]
        if given:
            body = with_value(body, path, given[0] if path in kind.single else given)
    for name, path in kind.children.items():
        shape = type_named(f"{kind.type}/{name}")
        if shape and shape.users and read(body, path):
            body = with_value(body, path, [_told(shape, each, found) for each in read(body, path)])
    return body
