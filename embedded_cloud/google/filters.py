"""The list methods' `filter` parameter, as far as this tool and its Terraform provider use it.

`field="value"`, several of them joined by AND (https://google.aip.dev/160), and Compute Engine's older
`field eq "pattern"`, a regular expression (https://cloud.google.com/compute/docs/reference/rest/v1/instances/list).
Everything else is refused, never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from embedded_cloud.google.failure import invalid, not_emulated

Test = Callable[[dict[str, Any]], bool]

VALUE = r"""(?:"(?P<quoted>[^"\\]*)"|(?P<plain>[^\s"'()<>=:!]+))"""
COMPARISON = re.compile(rf"(?P<field>[A-Za-z][\w.-]*)(?:\s*(?P<equals>=)\s*|\s+(?P<matches>eq)\s+){VALUE}")
UNSUPPORTED = re.compile(r"[()<>:!*'\\]|\b(?:OR|NOT|ne)\b|(?:^|\s)-")
"""What a filter of the real API may hold besides, and this one doesn't know."""


def compile_filter(text: str) -> Test:
    """A test for resources; an empty filter lets all pass.

    Raises ApiError: 400 for what can't be read, 501 for what only the real API knows.
    """
    parts = [part.strip() for part in re.split(r"\bAND\b", text)] if text.strip() else []
    tests = [_comparison(part, text) for part in parts]
    return lambda body: all(test(body) for test in tests)


def _comparison(part: str, text: str) -> Test:
    found = COMPARISON.fullmatch(part)
    if found is None:
        if UNSUPPORTED.search(part):
            raise not_emulated(f"the filter {text!r}")
        raise _unreadable(text)
    value = found["quoted"] if found["quoted"] is not None else found["plain"]
    if found["matches"]:
        return _matching(found["field"], value, text)
    if "*" in value:
        raise not_emulated(f"the filter {text!r}")
    return lambda body: _text(_field(body, found["field"])) == value


def _matching(field: str, pattern: str, text: str) -> Test:
    try:
        compiled = re.compile(pattern)
    except re.error:
        raise _unreadable(text) from None
    return lambda body: compiled.fullmatch(_text(_field(body, field)) or "") is not None


def _unreadable(text: str) -> Exception:
    return invalid(f"Invalid value for field 'filter': '{text}'. Invalid list filter expression.")


def _field(body: Any, path: str) -> Any:
    """The value at `a.b`; a label's key may hold dots itself, so the longest key that fits is taken."""
    if not path:
        return body
    if not isinstance(body, dict):
        return None
    parts = path.split(".")
    for count in range(len(parts), 0, -1):
        key = ".".join(parts[:count])
        if key in body:
            return _field(body[key], ".".join(parts[count:]))
    return None


def _text(value: Any) -> str | None:
    """A field's value as filters compare it; None where it is missing, or is no single value."""
    if value is None or isinstance(value, (dict, list)):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
