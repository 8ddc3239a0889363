"""Reads tags of Azure's resources: a map in HCL, or key=value pairs separated by commas.

Limits: learn.microsoft.com/azure/azure-resource-manager/management/tag-resources. A resource holds 50; the tool adds
one.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.settings.hcl_values import read_map
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_TAGS = 49
LONGEST_NAME = 512
LONGEST_VALUE = 256
FORBIDDEN = "<>%&\\?/"
# Azure reserves names that begin so.
RESERVED = ("microsoft", "azure", "windows")
QUOTES = ("'", '"')
# The Azure CLI and bash write several tags so: key=value key=value.
ANOTHER = re.compile(r"\s[^\s=]+=")


class Tags:
    """`{ key1 = "val1", key2 = "val2" }` or `key1=val1,key2=val2`."""

    type_name = "map"
    allowed = (
        f'{{ key1 = "val1", key2 = "val2" }}, or key1=val1,key2=val2 without quotes; at most {MOST_TAGS}, names of up '
        f"to {LONGEST_NAME} characters without {' '.join(FORBIDDEN)}, values of up to {LONGEST_VALUE}"
    )
    spaces = "kept"

    def read(self, text: str) -> dict[str, str]:
        stripped = text.strip()
        if stripped.startswith("("):
            raise BadValue(
                "is a bash array, which an env file can't hold: write the pairs with commas between them, as in "
                f"TAGS={_from_array(stripped)}"
            )
        if stripped.startswith("{"):
            found = {key: value.text for key, value in read_map(text).items()}
        else:
            found = _pairs(stripped)
        reasons = list(_reasons(found))
        if reasons:
            raise BadValue(*reasons)
        return found

    def show(self, value: Any) -> str:
        """As a map on one line with quoted keys, since HCL needs quotes for most characters of a key."""
        pairs = ", ".join(f"{_quoted(key)} = {_quoted(text)}" for key, text in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^\\s*(\\{[\\s\\S]*\\}|[^{(=\\s][^=]*=[\\s\\S]*)\\s*$"}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _from_array(text: str) -> str:
    """Return the items of a bash array in this reader's form, without commas at their ends."""
    try:
        items = [item.strip(",").partition("=") for item in shlex.split(text.strip("()")) if "=" in item]
    except ValueError:  # a quote that isn't closed
        items = []
    if any("," in key + value or ANOTHER.search(value) for key, _, value in items):
        return Tags().show({key: value for key, _, value in items})
    return ",".join(map("".join, items)) or "key1=val1,key2=val2"


def _pairs(text: str) -> dict[str, str]:
    """Return the pairs between commas. A comma at the end, as in the old scripts' example, is ignored."""
    found: dict[str, str] = {}
    reasons: list[str] = []
    for position, entry in enumerate(text.split(","), start=1):
        stripped = entry.strip()
        if not stripped:
            continue
        key, equals, value = (part.strip() for part in stripped.partition("="))
        if not equals or not key:
            reasons.append(f"entry {position} is not key=value; a value that holds a comma needs the form with braces")
        elif key.startswith(QUOTES) or value.startswith(QUOTES):
            reasons.append(f"entry {position} has quotes, which would become part of the tag; leave them out")
        elif ANOTHER.search(value):
            reasons.append(
                f"entry {position} looks like several tags with spaces between them: separate them by commas; a value "
                "that holds such text needs the form with braces"
            )
        elif key in found:
            reasons.append(f"has the key {shown(key)} twice")
        else:
            found[key] = value
    if reasons:
        raise BadValue(*reasons)
    if not found:
        raise BadValue("holds no tag; write key1=val1,key2=val2, or leave it empty")
    return found


def _reasons(found: dict[str, str]) -> Iterator[str]:
    folded: dict[str, str] = {}
    for key, value in found.items():
        name = shown(key)
        same = folded.setdefault(key.casefold(), key)
        if same != key:
            yield f"has the keys {shown(same)} and {name}, which Azure takes for one: it ignores case"
        if key.casefold() == CLUSTER_LABEL:
            yield f"must not hold the key {CLUSTER_LABEL}: the tool itself sets this tag"
        elif key.casefold().startswith(RESERVED):
            yield f"has the key {name}: keys that begin with {', '.join(RESERVED)} are Azure's"
        elif not key or len(key) > LONGEST_NAME or any(c in FORBIDDEN or not c.isprintable() for c in key):
            yield f"has the key {name}: allowed are 1 to {LONGEST_NAME} characters, none of {' '.join(FORBIDDEN)}"
        if len(value) > LONGEST_VALUE or not value.isprintable():
            yield f"has a bad value at the key {name}: at most {LONGEST_VALUE} characters on one line"
    if len(found) > MOST_TAGS:
        yield f"has {len(found)} tags; at most {MOST_TAGS} fit beside the tool's own"
