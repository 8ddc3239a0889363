"""Azure's public regions: regions.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cloud_facts.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Region:
    """A region: its name as LOCATION has it, the name that is shown, and the geography where its data stays.

    A `restricted` one is only for customers whom Azure lets in.
    """

    name: str
    display: str
    geography: str
    zones: tuple[str, ...] = ()
    restricted: bool = False


@cache
def regions() -> Mapping[str, Region]:
    """Return all regions by name."""
    return {
        name: Region(
            name,
            facts["display"],
            facts["geography"],
            ("1", "2", "3") if facts.get("zones") else (),
            facts.get("restricted", False),
        )
        for name, facts in table("azure", "regions")["regions"].items()
    }
