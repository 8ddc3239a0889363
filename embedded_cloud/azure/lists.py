"""Lists: a type's resources in a group or a subscription, and all resources, filtered by tag and type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from embedded_cloud.azure.failure import ArmError, invalid
from embedded_cloud.azure.ids import key, parse
from embedded_cloud.azure.kind import kind_of, read
from embedded_cloud.azure.references import everything, find, is_within
from embedded_cloud.azure.resources import MADE, missing, shown
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
TEST = re.compile(r"(\w+) (eq|ne) '((?:[^']|'')*)'")
TESTS_OF = re.compile(rf"\s*{TEST.pattern}(?:\s+and\s+{TEST.pattern})*\s*")
HOST = "https://management.azure.com"
MOST = 1000
SHORT = ("id", "name", "type", "location", "tags", "sku", "kind", "zones", "identity")
TESTS: dict[str, Callable[[Body], str | None]] = {
    "resourcetype": lambda body: str(body["type"]).lower(),
    "name": lambda body: str(body["name"]).lower(),
    "location": lambda body: str(body.get("location", "")).lower(),
    "resourcegroup": lambda body: parse(body["id"]).group.lower(),
}


def of_type(call: Call, type_name: str, scope: str) -> Answer:
    """All of a type below `scope`, a group, a subscription or a parent."""
    kind = kind_of(type_name)
    if kind is None:
        raise ArmError(
            404, "InvalidResourceType", f"The resource type '{type_name}' could not be found in the namespace."
        )
    _check_scope(call, scope)
    parent = kind_of(type_name.rpartition("/")[0])
    child = parent.child(type_name.rpartition("/")[2]) if parent else None
    if child is not None:
        inside = find(call.store, scope)
        if inside is None:
            raise missing(parse(scope))
        return page(call, [shown(call.store, kind, each) for each in read(inside, child[1]) or ()])
    found = [each for each in everything(call.store) if each["type"] == kind.type and is_within(each["id"], scope)]
    return page(call, [shown(call.store, kind, each) for each in found])


def resources(call: Call, scope: str) -> Answer:
    """What has a location and tags below `scope`, in short."""
    _check_scope(call, scope)
    fits = _filter(call.request.one("$filter"))
    found = []
    for body in everything(call.store):
        kind = kind_of(body["type"])
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
    fits = _filter(call.request.one("$filter"))
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


def _filter(text: str) -> Callable[[Body], bool]:
    """`tagName eq 'k' and tagValue eq 'v'`, or tests of type, name and group; tags and tests don't mix."""
    if not text.strip():
        return lambda _: True
    if not TESTS_OF.fullmatch(text):
        raise _bad_filter(text)
    given = [(each[1].lower(), each[2], each[3].replace("''", "'")) for each in TEST.finditer(text)]
    names = {name for name, _, _ in given}
    if names & {"tagname", "tagvalue"}:
        if names - {"tagname", "tagvalue"} or any(how != "eq" for _, how, _ in given):
            raise _bad_filter(text)
        wanted = {name: value for name, _, value in given}
        return lambda body: _has_tag(body, wanted)
    if names - TESTS.keys():
        raise _bad_filter(text)
    return lambda body: all((TESTS[name](body) == value.lower()) == (how == "eq") for name, how, value in given)


def _has_tag(body: Body, wanted: dict[str, str]) -> bool:
    tags = {name.lower(): value for name, value in (body.get("tags") or {}).items()}
    name = wanted.get("tagname", "").lower()
    if "tagvalue" not in wanted:
        return name in tags
    return tags.get(name) == wanted["tagvalue"] if name else wanted["tagvalue"] in tags.values()


def _bad_filter(text: str) -> ArmError:
    return invalid(f"Invalid $filter '{text}' specified in the query string.", "InvalidFilterInQueryString")


def page(call: Call, rows: list[Body]) -> Answer:
    """A page of rows, and the address of the next one."""
    top, start = call.request.one("$top"), call.request.one("$skiptoken")
    count = min(int(top), MOST) if top.isdigit() else MOST
    first = int(start) if start.isdigit() else 0
    answer: Body = {"value": rows[first : first + count]}
    if first + count < len(rows):
        others = {name: values[0] for name, values in call.request.query.items() if name != "$skiptoken"}
        query = urlencode({**others, "$skiptoken": first + count}, quote_via=quote, safe="$")
        answer["nextLink"] = f"{HOST}{call.request.path}?{query}"
    return Answer.json(answer)
