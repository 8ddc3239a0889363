"""The types of resources that the embedded cloud keeps, as the tables in kinds/ describe them."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "kinds"


@dataclass(frozen=True)
class Kind:
    """One type; kinds/README.md says what each field means. `type` is spelt as Azure spells it."""

    type: str
    tracked: bool = False
    instant: bool = False
    needs: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)
    guid: str = ""
    children: dict[str, str] = field(default_factory=dict)
    keeps: tuple[str, ...] = ()
    users: dict[str, list[str]] = field(default_factory=dict)
    single: tuple[str, ...] = ()
    in_use: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def child(self, name: str) -> tuple[str, str] | None:
        """A part's type as Azure spells it, and where its like lie in the body."""
        return next(((each, path) for each, path in self.children.items() if each.lower() == name.lower()), None)


@functools.cache
def kinds() -> dict[str, Kind]:
    """All of them, by type in lower case."""
    found = {}
    for file in sorted(FOLDER.glob("*.toml")):
        for name, given in tomllib.loads(file.read_text()).items():
            found[name.lower()] = Kind(name, **given)
    return found


def kind_of(type_name: str) -> Kind | None:
    return kinds().get(type_name.lower())


def read(body: Any, path: str) -> Any:
    """What lies at `a.b.c`; None where nothing does."""
    for step in path.split("."):
        body = body.get(step) if isinstance(body, dict) else None
    return body


def written(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A body with `value` at `a.b.c`; what held it is copied, not changed."""
    first, _, rest = path.partition(".")
    if not rest:
        return {**body, first: value}
    inner = body.get(first)
    return {**body, first: written(inner if isinstance(inner, dict) else {}, rest, value)}


def without(body: dict[str, Any], path: str) -> dict[str, Any]:
    """A body with nothing at `a.b.c`."""
    first, _, rest = path.partition(".")
    if first not in body:
        return body
    if not rest:
        return {name: value for name, value in body.items() if name != first}
    inner = body[first]
    return {**body, first: without(inner, rest)} if isinstance(inner, dict) else body
