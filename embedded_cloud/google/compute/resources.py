"""Compute Engine's regular methods, the same for each kind of resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.google.compute import network_profiles
from embedded_cloud.google.compute.defaults import complete, fingerprint
from embedded_cloud.google.compute.initial_state import automatic_subnetworks
from embedded_cloud.google.compute.references import (
    AUTOMATIC,
    IN_OPERATION,
    check_references,
    find,
    in_use,
    refusal,
    user_of,
)
from embedded_cloud.google.failure import ApiError, already_exists, invalid, not_found
from embedded_cloud.google.filters import compile_filter
from embedded_cloud.google.pages import page
from embedded_cloud.google.self_links import COMPUTE, full_name, link, split, with_links
from embedded_cloud.google.times import stamp
from embedded_cloud.google.tokens import who
from embedded_cloud.google.validation import without_output_fields
from embedded_cloud.merging import merged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body


def path(call: Call) -> str:
    """The path of the call's resource, by the name that the store knows. Raises ApiError (404) where it is missing."""
    asked = "/".join(call.resource)
    found = find(call.store, asked)
    if found is None:
        raise not_found(asked)
    return f"{asked.rpartition('/')[0]}/{found['name']}"


def body_at(call: Call, where: str) -> Body:
    found = call.store.get(*split(where))
    if found is None:
        raise not_found(where)
    return found


def insert(call: Call) -> Body:
    """Keep a new resource, completed as the API completes it."""
    given = without_output_fields(call.api, call.method.request, call.body)
    name = given.get("name")
    if not name:
        raise ApiError(400, "required", "Required field 'resource.name' not specified")
    where = "/".join((*call.segments, name))
    if call.store.get(*split(where)) is not None:
        raise already_exists(where)
    body = with_links(given, call.segments[1])
    body.update(kind=_kind(call, call.method.request), id=call.store.next_id(), creationTimestamp=stamp())
    body["selfLink"] = link(where)
    known = call.api.properties(call.method.request)
    for scope in ("zone", "region"):
        if call.segments[2] == scope + "s" and scope in known:
            body[scope] = link("/".join(call.segments[:4]))
    if "labelFingerprint" in known:
        body["labelFingerprint"] = fingerprint(body.get("labels", {}))
    check_references(call.store, where, body)
    complete(call.store, where, body)
    network_profiles.check(call, where, body)
    keep(call, where, body)
    _after_insert(call, where, body)
    return done(call, "insert", where, body["id"])


def get(call: Call) -> Body:
    return shown(body_at(call, path(call)))


def listing(call: Call, items: Iterable[Body] | None = None) -> Body:
    """One page of a collection (or of `items`), filtered."""
    rows = items if items is not None else call.store.each(full_name("/".join(call.segments))).values()
    fits = compile_filter(call.one("filter"))
    keyed = sorted((_key(row), row) for row in (shown(each) for each in rows) if fits(row))
    found, following = page([(k, r) for k, r in keyed], call.one("maxResults"), call.one("pageToken"))
    where = "/".join(call.segments)
    answer: Body = {"kind": _kind(call, call.method.response), "id": where, "selfLink": link(where)}
    if found:
        answer["items"] = found
    if following:
        answer["nextPageToken"] = following
    return answer


def aggregated(call: Call) -> Body:
    """The resources of one kind in all zones or regions, by scope. Empty scopes are left out."""
    project, kind = call.segments[1], call.segments[-1]
    fits = compile_filter(call.one("filter"))
    start = f"{COMPUTE}projects/{project}/"
    rows: list[tuple[str, tuple[str, Body]]] = []
    for collection in call.store.collections():
        if collection.startswith(start) and collection.endswith("/" + kind):
            scope = collection.removeprefix(start).rpartition("/")[0]
            each = (shown(body) for body in call.store.each(collection).values())
            rows += [(f"{scope} {_key(body)}", (scope, body)) for body in each if fits(body)]
    found, following = page(sorted(rows, key=lambda r: r[0]), call.one("maxResults"), call.one("pageToken"))
    items: dict[str, Body] = {}
    for scope, body in found:
        items.setdefault(scope, {kind: []})[kind].append(body)
    if not items:
        message = "There are no results for scope 'global' on this page."
        warning = {"code": "NO_RESULTS_ON_PAGE", "message": message, "data": [{"key": "scope", "value": "global"}]}
        items["global"] = {"warning": warning}
    where = "/".join(call.segments)
    answer = {"kind": _kind(call, call.method.response), "id": where, "items": items, "selfLink": link(where)}
    return {**answer, "nextPageToken": following} if following else answer


def delete(call: Call) -> Body:
    """Delete, unless another resource uses it."""
    where = path(call)
    body = body_at(call, where)
    user = user_of(call.store, where)
    if user is not None:
        if where.split("/")[-2] in IN_OPERATION:
            error = ("RESOURCE_IN_USE_BY_ANOTHER_RESOURCE", refusal(where, user))
            return done(call, "delete", where, body["id"], error)
        raise in_use(where, user)
    forget(call, where)
    return done(call, "delete", where, body["id"])


def forget(call: Call, where: str) -> None:
    """Delete the resource and its policy from the store."""
    body = body_at(call, where)
    kind = where.split("/")[-2]
    if kind == "networks":
        for place in call.store.collections():
            if place.endswith("/subnetworks"):
                for name, each in call.store.each(place).items():
                    if each.get(AUTOMATIC) and each["network"] == body["selfLink"]:
                        call.store.delete(place, name)
    if kind == "subnetworks":
        _tell_network(call, body, present=False)
    call.store.delete(*split(where))
    call.store.delete_below(full_name(where))


def patch(call: Call) -> Body:
    """Merge the body into the resource (JSON merge patch: null removes, lists are replaced)."""
    where = path(call)
    old = body_at(call, where)
    _check_fingerprint(old, call.body)
    given = {k: v for k, v in call.body.items() if not _read_only(call, k)}
    change(call, where, merged(old, with_links(given, call.segments[1])))
    return done(call, call.method.verb, where, old["id"])


def update(call: Call) -> Body:
    """Replace the resource by the body, but for the fields that only the API sets."""
    where = path(call)
    old = body_at(call, where)
    _check_fingerprint(old, call.body)
    stays = ("kind", "id", "creationTimestamp", "selfLink", "zone", "region", "name", "labelFingerprint", "network")
    given = with_links(without_output_fields(call.api, call.method.request, call.body), call.segments[1])
    change(call, where, {**{k: old[k] for k in stays if k in old}, **given})
    return done(call, call.method.verb, where, old["id"])


def set_labels(call: Call) -> Body:
    where = path(call)
    old = body_at(call, where)
    if call.body.get("labelFingerprint", old.get("labelFingerprint")) != old.get("labelFingerprint"):
        raise ApiError(
            412, "conditionNotMet", "Labels fingerprint either invalid or resource labels have changed", "ABORTED"
        )
    labels = call.body.get("labels") or {}
    keep(call, where, {**old, "labels": labels, "labelFingerprint": fingerprint(labels)})
    return done(call, "setLabels", where, old["id"])


def set_metadata(call: Call) -> Body:
    where = path(call)
    old = body_at(call, where)
    present = old.get("metadata", {}).get("fingerprint")
    if call.body.get("fingerprint", present) != present:
        raise ApiError(412, "conditionNotMet", "Supplied fingerprint does not match current metadata fingerprint.")
    items = call.body.get("items") or []
    metadata = {"kind": "compute#metadata", "fingerprint": fingerprint(items), "items": items}
    keep(call, where, {**old, "metadata": metadata})
    return done(call, "setMetadata", where, old["id"])


def change(call: Call, where: str, body: Body) -> None:
    """Keep a resource that has changed, completed and checked as a new one is."""
    check_references(call.store, where, body)
    complete(call.store, where, body)
    keep(call, where, body)


def keep(call: Call, where: str, body: Body) -> None:
    kind = str(body.get("kind", "")).partition("#")[2]
    schema = kind[:1].upper() + kind[1:]
    if "fingerprint" in call.api.properties(schema):
        body["fingerprint"] = fingerprint({k: v for k, v in body.items() if k != "fingerprint"})
    call.store.put(*split(where), body)


def done(call: Call, kind: str, where: str, number: str, error: tuple[str, str] | None = None) -> Body:
    """The operation about a change of the resource at `where`."""
    parts = where.split("/")
    scope = "/".join(parts[:3] if parts[2] == "global" else parts[:4])
    return call.context.operations.compute(scope, kind, where, number, who(call.request), error)


def shown(body: Body) -> Body:
    """The body without the emulator's own marks."""
    return {k: v for k, v in body.items() if not k.startswith("x-")}


def _after_insert(call: Call, where: str, body: Body) -> None:
    if where.split("/")[-2] == "networks" and body["autoCreateSubnetworks"]:
        call.store.put(*split(where), {**body, "subnetworks": automatic_subnetworks(call.store, where)})
    if where.split("/")[-2] == "subnetworks":
        _tell_network(call, body, present=True)


def _tell_network(call: Call, subnetwork: Body, *, present: bool) -> None:
    """A network lists its subnetworks."""
    place = split(subnetwork["network"].removeprefix(link("")))
    network = call.store.get(*place)
    if network is not None:
        others = [each for each in network.get("subnetworks", ()) if each != subnetwork["selfLink"]]
        call.store.put(*place, {**network, "subnetworks": [*others, subnetwork["selfLink"]] if present else others})


def _check_fingerprint(old: Body, given: Body) -> None:
    if given.get("fingerprint") and given["fingerprint"] != old.get("fingerprint"):
        raise ApiError(412, "conditionNotMet", "Invalid fingerprint.")


def _read_only(call: Call, name: str) -> bool:
    if name in ("id", "kind", "selfLink", "creationTimestamp"):
        return True
    return bool(call.api.properties(call.method.request).get(name, {}).get("readOnly"))


def _kind(call: Call, schema: str) -> str:
    return str(call.api.properties(schema).get("kind", {}).get("default", ""))


def _key(body: Body) -> str:
    return str(body.get("name") or body.get("selfLink") or body.get("instance") or "")


def refuse_missing(call: Call, name: str) -> None:
    if not call.body.get(name):
        raise invalid(f"Invalid value for field '{name}': ''. Required.")
