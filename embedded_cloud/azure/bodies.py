"""Values in a resource's body, by paths such as `properties.osProfile.adminUsername`."""

from __future__ import annotations

from typing import Any


def read(body: Any, path: str) -> Any:
    """The value at `a.b.c`; None where there is none."""
    for step in path.split("."):
        body = body.get(step) if isinstance(body, dict) else None
    return body


def with_value(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the body with `value` at `a.b.c`."""
    first, _, rest = path.partition(".")
    if not rest:
        return {**body, first: value}
    inner = body.get(first)
    return {**body, first: with_value(inner if isinstance(inner, dict) else {}, rest, value)}


def without(body: dict[str, Any], path: str) -> dict[str, Any]:
    """A copy of the body without what is at `a.b.c`."""
    first, _, rest = path.partition(".")
    if first not in body:
        return body
    if not rest:
        return {name: value for name, value in body.items() if name != first}
    inner = body[first]
    return {**body, first: without(inner, rest)} if isinstance(inner, dict) else body
