"""Lists: a type's resources in a group or a subscription, and all resources, filtered by tag and type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.filters import compile_filter
from embedded_cloud.azure.ids import key, parse
from embedded_cloud.azure.pages import page
from embedded_cloud.azure.references import everything, find, is_within
from embedded_cloud.azure.resource_types import type_named
from embedded_cloud.azure.resources import MADE, missing, shown

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.exchange import Answer
    from embedded_cloud.store import Body

GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
SHORT = ("id", "name", "type", "location", "tags", "sku", "kind", "zones", "identity")


def of_type(call: Call, type_name: str, scope: str) -> Answer:
    """All resources of a type below `scope`, which is a group, a subscription or a parent."""
    kind = type_named(type_name)
    if kind is None:
        raise ArmError(
            404, "InvalidResourceType", f"The resource type '{type_name}' could not be found in the namespace."
        )
    _check_scope(call, scope)
    parent = type_named(type_name.rpartition("/")[0])
    child = parent.child(type_name.rpartition("/")[2]) if parent else None
    if child is not None:
        inside = find(call.store, scope)
        if inside is None:
            raise missing(parse(scope))
        return page(call, [shown(call.store, kind, each) for each in read(inside, child[1]) or ()])
    found = [each for each in everything(call.store) if each["type"] == kind.type and is_within(each["id"], scope)]
    return page(call, [shown(call.store, kind, each) for each in found])


def resources(call: Call, scope: str) -> Answer:
    """All resources below `scope` that have a location and tags, in short form."""
    _check_scope(call, scope)
    fits = compile_filter(call.request.one("$filter"))
    found = []
    for body in everything(call.store):
        kind = type_named(body["type"])
        if (
            kind is None
            or not kind.tracked
            or kind.type == GROUPS
            or not is_within(body["id"], scope)
            or not fits(body)
        ):
            continue
        told: Body = {name: body[name] for name in SHORT if name in body}
        if "provisioningState" in call.request.one("$expand"):
            told["provisioningState"] = read(body, "properties.provisioningState") or "Succeeded"
        if "createdtime" in call.request.one("$expand").lower() and MADE in body:
            told["createdTime"] = body[MADE]
        found.append(told)
    return page(call, found)


def groups(call: Call) -> Answer:
    """The subscription's resource groups, by tag where `$filter` asks for it."""
    fits = compile_filter(call.request.one("$filter"))
    scope = f"/subscriptions/{call.id.subscription}"
    found = [each for each in everything(call.store) if each["type"] == GROUPS and is_within(each["id"], scope)]
    return page(call, [each for each in found if fits(each)])


def _check_scope(call: Call, scope: str) -> None:
    meant = parse(scope)
    if (
        meant.group
        and call.store.get(*key(f"/subscriptions/{meant.subscription}/resourceGroups/{meant.group}")) is None
    ):
        raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{meant.group}' could not be found.")
