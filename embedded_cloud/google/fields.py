"""Partial answers: the `fields` parameter, such as `items(name,metadata/status),nextPageToken`."""

from __future__ import annotations

from typing import Any

Mask = dict[str, "Mask"]


def select(value: Any, fields: str) -> Any:
    """The part of `value` that `fields` names; all of it where `fields` is empty or `*`."""
    return _pick(value, parse(fields)) if fields and fields != "*" else value


def parse(fields: str) -> Mask:
    mask, _ = _list(fields, 0)
    return mask


def _list(text: str, at: int) -> tuple[Mask, int]:
    """Read `a,b/c,d(e,f)` from `at` to its end or a closing bracket."""
    mask: Mask = {}
    while at < len(text) and text[at] != ")":
        at = _path(text, at, mask)
        if at < len(text) and text[at] == ",":
            at += 1
    return mask, at


def _path(text: str, at: int, mask: Mask) -> int:
    end = at
    while end < len(text) and text[end] not in ",()/":
        end += 1
    inner = mask.setdefault(text[at:end].strip(), {})
    if end < len(text) and text[end] == "/":
        return _path(text, end + 1, inner)
    if end < len(text) and text[end] == "(":
        found, end = _list(text, end + 1)
        inner.update(found)
        return end + 1
    return end


def _pick(value: Any, mask: Mask) -> Any:
    if not mask:
        return value
    if isinstance(value, list):
        return [_pick(each, mask) for each in value]
    if not isinstance(value, dict):
        return value
    if "*" in mask:
        return {name: _pick(each, mask["*"]) for name, each in value.items()}
    return {name: _pick(value[name], inner) for name, inner in mask.items() if name in value}
