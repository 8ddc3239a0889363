"""The regular resources: each a PUT, GET, PATCH and DELETE on its own id, or on a part of another's body."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from cloud_facts.azure.regions import regions
from embedded_cloud.azure import locks, operations
from embedded_cloud.azure.bodies import read, with_value, without
from embedded_cloud.azure.defaults import DEFAULTS
from embedded_cloud.azure.failure import ArmError, invalid, not_emulated
from embedded_cloud.azure.ids import Id, key, parse
from embedded_cloud.azure.references import check_references, check_unused, everything, find, is_within, with_users
from embedded_cloud.azure.resource_types import ResourceType, type_named
from embedded_cloud.exchange import Answer
from embedded_cloud.merging import merged
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body, Store

GROUP = "Microsoft.Resources/subscriptions/resourceGroups"
MADE = "x-made"  # when; asked for by $expand=createdTime
MANAGED = "x-managed"  # the id of the group that Azure made beside a resource, and that goes with it


def type_of(call: Call) -> ResourceType:
    found = type_named(call.id.type)
    if found is None:
        raise not_emulated(f"the resource type {call.id.type}")
    return found


def get(call: Call) -> Answer:
    kind = type_of(call)
    return Answer.json(shown(call.store, kind, existing(call)))


def head(call: Call) -> Answer:
    existing(call)
    return Answer(204)


def put(call: Call) -> Answer:
    """Make the resource, or put the body in its place."""
    kind = type_of(call)
    locks.check_writable(call)
    old = _own(call)
    body = completed(call, kind, old, call.body)
    return kept(call, kind, old, body)


def patch(call: Call) -> Answer:
    """Put the body's values into the resource."""
    kind = type_of(call)
    locks.check_writable(call)
    old = existing(call)
    return kept(call, kind, old, completed(call, kind, old, patched(old, call.body)))


def patched(old: Body, given: Body) -> Body:
    """The resource with the values of a PATCH's body (RFC 7396), whose tags take the place of all others.

    azurerm takes tags away so: resource_group_resource_test.go at 5.2.0, withTagsUpdated (read 2026-11-25).
    """
    own = {name: value for name, value in given.items() if name not in ("id", "name", "type", "etag")}
    tags = {"tags": given["tags"]} if "tags" in given else {}
    return {**merged(old, own), **tags}


def delete(call: Call) -> Answer:
    """Delete, unless it is locked or another resource uses it."""
    kind = type_of(call)
    locks.check_group(call)
    old = _own(call)
    if old is None:
        return Answer(204)
    locks.check_deletable(call.store, old["id"])
    check_unused(call.store, kind, old)
    forget(call, old)
    if kind.instant:
        return Answer(200)
    return accepted(call)


def existing(call: Call) -> Body:
    """The resource or part that the call names. Raises ArmError (404)."""
    locks.check_group(call)
    found = _own(call)
    if found is None:
        raise missing(call.id)
    return found


def missing(meant: Id) -> ArmError:
    if len(meant.names) > 1 and type_named(meant.type.rpartition("/")[0]) is not None:
        parent = meant.type.rpartition("/")[0]
        if (kind := type_named(parent)) is not None and kind.child(meant.types[-1]) is not None:
            return ArmError(404, "NotFound", f"Resource {meant.path} not found.")
    name = f"{meant.type}/{'/'.join(meant.names)}" if len(meant.names) == 1 else f"{meant.type} {meant.name}"
    where = f" under resource group '{meant.group}'" if meant.group else ""
    more = "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    return ArmError(404, "ResourceNotFound", f"The Resource '{name}'{where} was not found. {more}")


def completed(call: Call, kind: ResourceType, old: Body | None, given: Body) -> Body:
    """The whole resource, with what Azure fills in. Raises ArmError where Azure would refuse it."""
    marks = {name: value for name, value in (old or {}).items() if name.startswith("x-")}
    body: Body = {
        **given,
        **marks,
        "id": old["id"] if old else call.id.path,
        "name": old["name"] if old else call.id.name,
    }
    body["type"] = kind.type
    if kind.tracked:
        body[MADE] = (old or {}).get(MADE) or zulu()
    for need in kind.needs:
        if read(body, need) in (None, "", []):
            raise ArmError(400, "InvalidRequestContent", f"The request content was invalid: '{need}' is required.")
    if kind.tracked:
        _place(kind, old, body)
    for path in kind.keeps:
        lies = kind.children[path]
        if read(body, lies) is None and old is not None and read(old, lies) is not None:
            body = with_value(body, lies, read(old, lies))
    body = _with_parts(call, kind, old, _filled(kind, old, body))
    check_references(call.store, body)
    if (complete := DEFAULTS.get(kind.type)) is not None:
        body = complete(call, old, body)
    return body


def kept(call: Call, kind: ResourceType, old: Body | None, body: Body) -> Answer:
    """Keep the resource, and answer with it."""
    keep(call.store, body)
    status = 200 if old is not None else kind.created
    return told(call, kind, body, status)


def told(call: Call, kind: ResourceType, body: Body, status: int, look: Callable[[], Any] = dict) -> Answer:
    """The answer to a change: the resource, and the address of its operation."""
    view = shown(call.store, kind, body)
    if kind.instant:
        return Answer.json(view, status)
    begun = call.context.operations.begin(look)
    return Answer.json(view, status, *operations.headers(begun, call.id.subscription, call.id.namespace, call.version))


def accepted(call: Call, look: Callable[[], Any] = dict, result: Body | None = None) -> Answer:
    """The answer 202 with the address of an operation, whose result is `result`."""
    begun = call.context.operations.begin(look, result)
    return Answer(202, b"", operations.headers(begun, call.id.subscription, call.id.namespace, call.version))


def keep(store: Store, body: Body) -> None:
    """Keep a resource, or a part in its parent."""
    parent, child = _parent(store, body["id"])
    if parent is None:
        store.put(*key(body["id"]), body)
        return
    others = [each for each in read(parent, child) or () if each["name"].lower() != body["name"].lower()]
    there = [each["name"].lower() for each in read(parent, child) or ()]
    at = there.index(body["name"].lower()) if body["name"].lower() in there else len(others)
    keep(store, with_value(parent, child, [*others[:at], body, *others[at:]]))


def forget(call: Call, body: Body) -> None:
    """Delete the resource, and all that is below it, from the store."""
    parent, child = _parent(call.store, body["id"])
    if parent is not None:
        left = [each for each in read(parent, child) or () if each["name"].lower() != body["name"].lower()]
        keep(call.store, with_value(parent, child, left))
        return
    beside = [each[MANAGED] for each in everything(call.store) if MANAGED in each and is_within(each["id"], body["id"])]
    for path in (*beside, body["id"]):
        collection, name = key(path)
        call.store.delete(collection, name)
        call.store.delete_below(f"{collection}/{name}")


def shown(store: Store, kind: ResourceType, body: Body) -> Body:
    """The body as its readers see it: without what is hidden and the emulator's own marks."""
    for path in kind.hidden:
        body = without(body, path)
    body = with_users(store, kind, body)
    return _unmarked(body)


def _unmarked(body: Body) -> Body:
    """Without the emulator's own marks, its parts too."""
    kept = {}
    for name, value in body.items():
        if name.startswith("x-"):
            continue
        if name == "tags":
            kept[name] = value  # a user's tag may begin like one
        elif isinstance(value, dict):
            kept[name] = _unmarked(value)
        elif isinstance(value, list):
            kept[name] = [_unmarked(each) if isinstance(each, dict) else each for each in value]
        else:
            kept[name] = value
    return kept


def _own(call: Call) -> Body | None:
    parent, child = _parent(call.store, call.id.path)
    if child and parent is None:
        raise ArmError(
            404,
            "ParentResourceNotFound",
            "Can not perform requested operation on nested resource. Parent resource "
            f"'{parse(call.id.parent).name}' not found.",
        )
    return find(call.store, call.id.path)


def _parent(store: Store, path: str) -> tuple[Body | None, str]:
    """The body that holds the part with this id, and the path there; None and "" for what is no part."""
    meant = parse(path)
    kind = type_named(meant.type.rpartition("/")[0]) if len(meant.names) > 1 else None
    child = kind.child(meant.types[-1]) if kind else None
    if child is None:
        return None, ""
    return store.get(*key(meant.parent)), child[1]


def _place(kind: ResourceType, old: Body | None, body: Body) -> None:
    location = str(body.get("location") or (old or {}).get("location") or "").replace(" ", "").lower()
    if not location:
        raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
    if kind.everywhere and location == "global":
        body["location"] = location
        return
    region = regions().get(location)
    if region is None:
        raise _nowhere(kind, location)
    if body.get("zones") and not region.zones:  # the text: github.com/kubernetes/test-infra/pull/22091 (2021-05-06)
        raise ArmError(
            400,
            "LocationNotSupportAvailabilityZones",
            f"The resource '{kind.type}/{body['name']}' does not support availability zones at location '{location}'.",
        )
    if old is not None and location != old["location"]:
        group = parse(body["id"]).group
        raise ArmError(
            409,
            "InvalidResourceLocation",
            f"The resource '{body['name']}' already exists in location '{old['location']}' in resource group "
            f"'{group}'. A resource with the same name cannot be created in location '{location}'. Please select a "
            "new resource name.",
        )
    body["location"] = location
    tags = body.get("tags")
    if tags is not None and not all(isinstance(value, str) for value in tags.values()):
        raise invalid("The request content was invalid: a tag's value has to be a text.", "InvalidRequestContent")


def _nowhere(kind: ResourceType, location: str) -> ArmError:
    """For a region that isn't one: github.com/Azure/azure-cli/issues/16368, azure-service-operator/issues/781."""
    if kind.type == GROUP:
        what, of = "resource group", ""
    else:
        what, of = f"resource type '{kind.type}'", " for the resource type"
    return ArmError(
        400,
        f"LocationNotAvailableForResource{'Type' if of else 'Group'}",
        f"The provided location '{location}' is not available for {what}. List of available regions{of} is "
        f"'{','.join(regions())}'.",
    )


def _filled(kind: ResourceType, old: Body | None, body: Body) -> Body:
    """The body with the defaults of its type, without what only Azure writes."""
    for path in kind.users:
        body = without(body, path)
    for path, value in kind.defaults.items():
        if read(body, path) is None:
            body = with_value(body, path, value)
    if kind.guid:
        body = with_value(body, kind.guid, read(old, kind.guid) if old else str(uuid.uuid4()))
    if not kind.instant or kind.type.startswith("Microsoft.Compute"):
        body = with_value(body, "properties.provisioningState", "Succeeded")
    if kind.type.startswith("Microsoft.Network"):
        body["etag"] = f'W/"{uuid.uuid4()}"'
    return body


def _with_parts(call: Call, kind: ResourceType, old: Body | None, body: Body) -> Body:
    """The body with the id, type and defaults of each part. Raises ArmError where a removed part is in use."""
    for name, path in kind.children.items():
        given = read(body, path)
        if not given:
            continue
        shape = type_named(f"{kind.type}/{name}") or ResourceType(f"{kind.type}/{name}")
        before = {each["name"].lower(): each for each in read(old, path) or ()} if old else {}
        made = []
        for each in given:
            if not each.get("name"):
                raise invalid(f"Value for name of {name} is missing.", "MissingName")
            whole = {**each, "id": f"{body['id']}/{name}/{each['name']}", "type": shape.type}
            was = before.pop(str(each["name"]).lower(), None)
            filled = _filled(shape, was, whole)
            if (complete := DEFAULTS.get(shape.type)) is not None:
                filled = complete(call, was, filled)
            made.append(filled)
        for gone in before.values():
            check_unused(call.store, shape, gone)
        body = with_value(body, path, made)
    return body
