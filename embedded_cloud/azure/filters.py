"""The `$filter` of lists of resources and resource groups: by tag, or by type, name, location and group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from embedded_cloud.azure.failure import ArmError, invalid
from embedded_cloud.azure.ids import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.store import Body

TEST = re.compile(r"(\w+) (eq|ne) '((?:[^']|'')*)'")
TESTS_OF = re.compile(rf"\s*{TEST.pattern}(?:\s+and\s+{TEST.pattern})*\s*")
TESTS: dict[str, Callable[[Body], str | None]] = {
    "resourcetype": lambda body: str(body["type"]).lower(),
    "name": lambda body: str(body["name"]).lower(),
    "location": lambda body: str(body.get("location", "")).lower(),
    "resourcegroup": lambda body: parse(body["id"]).group.lower(),
}


def compile_filter(text: str) -> Callable[[Body], bool]:
    """A test for resources, from `tagName eq 'k' and tagValue eq 'v'` or from tests of type, name and group.

    Raises ArmError for anything else, and where tags are mixed with tests.
    """
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
