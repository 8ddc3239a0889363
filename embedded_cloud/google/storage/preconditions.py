"""Preconditions: what makes the state's lock a lock.

https://cloud.google.com/storage/docs/request-preconditions. Checked with the store's lock held, so that of many who ask
for the same, one wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.google.failure import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.store import Body

MESSAGE = "At least one of the pre-conditions you specified did not hold."
HEADERS = {
    "x-goog-if-generation-match": "ifGenerationMatch",
    "x-goog-if-metageneration-match": "ifMetagenerationMatch",
}


class NotModified(Exception):
    """A read whose `…NotMatch` doesn't hold: answered by 304."""


def check(query: Mapping[str, list[str]], present: Body | None, *, reading: bool = False) -> None:
    """Raise ApiError (412), or NotModified when reading, unless each condition of the query holds.

    `present` is the live object (or bucket), None where there is none: its generation then counts as 0.
    """
    for field in ("generation", "metageneration"):
        have = int(present[field]) if present and field in present else 0
        name = f"if{field.capitalize()}"
        for wanted in query.get(f"{name}Match", ()):
            if _number(f"{name}Match", wanted) != have:
                raise ApiError(412, "conditionNotMet", MESSAGE, locationType="header", location="If-Match")
        for wanted in query.get(f"{name}NotMatch", ()):
            if _number(f"{name}NotMatch", wanted) == have:
                if reading:
                    raise NotModified
                raise ApiError(412, "conditionNotMet", MESSAGE, locationType="header", location="If-None-Match")


def from_headers(headers: Mapping[str, str]) -> dict[str, list[str]]:
    """The XML API's preconditions, as the JSON API's."""
    return {name: [headers[header]] for header, name in HEADERS.items() if header in headers}


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise invalid(f"Invalid value '{text}' for parameter {name}.") from None
