"""JSON merge patch, which the APIs' PATCH methods follow: https://www.rfc-editor.org/rfc/rfc7396"""

from __future__ import annotations

from typing import Any


def merged(old: Any, given: Any) -> Any:
    """`old` with `given` merged into it: null removes."""
    if not isinstance(old, dict) or not isinstance(given, dict):
        return given
    out = dict(old)
    for name, value in given.items():
        if value is None:
            out.pop(name, None)
        else:
            out[name] = merged(out.get(name), value)
    return out
