"""A name in the environment that is not ours, and the parameter that may have been meant by it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cluster_provision.settings.reading import BadValue, NotInThisVersion, shown

if TYPE_CHECKING:
    from cluster_provision.settings.parameter import Parameter


@dataclass(frozen=True)
class LikeOurs:
    """`name` stands in the environment where `meant` may have been meant (None: nothing is like it).

    `problem` and `note` are what is to be said of it, each empty where nothing is.
    """

    name: str
    meant: Parameter | None
    problem: str = ""
    note: str = ""


def pointed_out(name: str, meant: Parameter) -> str:
    """The note of a name that stops nothing."""
    return f"{shown(name)} is no parameter of this tool; {meant.name} is"


def line(meant: Parameter, text: str) -> str:
    """How it is written."""
    return f"{meant.name}={shown(text)}"


def asks(parameter: Parameter, text: str) -> bool:
    """Whether the text is a value of the parameter's, and asks for anything but the default."""
    try:
        return bool(parameter.declaration.reader.read(text) != parameter.declaration.default)
    except NotInThisVersion:
        return True
    except BadValue:
        return False


def is_default(parameter: Parameter, text: str) -> bool:
    """Whether the text asks for what the parameter is without it."""
    try:
        return bool(parameter.declaration.reader.read(text) == parameter.declaration.default)
    except (BadValue, NotInThisVersion):
        return False


@cache
def plain(name: str) -> str:
    """The name as names are compared: without case, underscores and hyphens."""
    return name.replace("_", "").replace("-", "").upper()
