"""The filters of Jinja and Ansible that inventories use most, with their meanings there.

jinja.palletsprojects.com, "List of Builtin Filters"; docs.ansible.com, "Using filters to manipulate data".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class BadInput(Exception):
    """The filter can't be used on this value; the text completes "its filter first …", and shows no value."""


def default(value: Any, arguments: list[Any], *, missing: bool) -> Any:
    """Return the first argument where the value is missing, or, with a second that is true, empty."""
    instead = arguments[0] if arguments else ""
    return instead if missing or (len(arguments) > 1 and arguments[1] and not value) else value


def _first(value: Any, arguments: list[Any]) -> Any:
    return _list(value)[0]


def _last(value: Any, arguments: list[Any]) -> Any:
    return _list(value)[-1]


def _join(value: Any, arguments: list[Any]) -> str:
    return str(arguments[0] if arguments else "").join(map(str, _list(value)))


def _int(value: Any, arguments: list[Any]) -> int:
    try:
        return int(float(value)) if not isinstance(value, str) else int(value)
    except (TypeError, ValueError, OverflowError):
        raise BadInput("needs a number") from None


def _bool(value: Any, arguments: list[Any]) -> bool:
    return str(value).strip().lower() in ("1", "true", "yes", "on", "y", "t")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise BadInput("needs a list that isn't empty")
    return value


FILTERS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "first": _first,
    "last": _last,
    "join": _join,
    "int": _int,
    "bool": _bool,
    "string": lambda value, arguments: str(value),
    "lower": lambda value, arguments: str(value).lower(),
    "upper": lambda value, arguments: str(value).upper(),
    "trim": lambda value, arguments: str(value).strip(),
}
"""By name: from a value and the arguments to what becomes of it. They raise BadInput. `default` stands apart."""
