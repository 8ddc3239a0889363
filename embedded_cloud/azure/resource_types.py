"""The types of resources that the embedded cloud keeps, as the tables in types/ describe them."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "types"


@dataclass(frozen=True)
class ResourceType:
    """One type; types/README.md says what each field means. `type` is spelt as Azure spells it."""

    type: str
    tracked: bool = False
    everywhere: bool = False
    instant: bool = False
    created: int = 201
    needs: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)
    guid: str = ""
    children: dict[str, str] = field(default_factory=dict)
    keeps: tuple[str, ...] = ()
    users: dict[str, list[str]] = field(default_factory=dict)
    single: tuple[str, ...] = ()
    in_use: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def child(self, name: str) -> tuple[str, str] | None:
        """The type of a part as Azure spells it, and the path of such parts in the body."""
        return next(((each, path) for each, path in self.children.items() if each.lower() == name.lower()), None)


@functools.cache
def resource_types() -> dict[str, ResourceType]:
    """All of them, by type in lower case."""
    found = {}
    for file in sorted(FOLDER.glob("*.toml")):
        for name, given in tomllib.loads(file.read_text()).items():
            found[name.lower()] = ResourceType(name, **given)
    return found


def type_named(type_name: str) -> ResourceType | None:
    return resource_types().get(type_name.lower())
