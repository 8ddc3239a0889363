"""Google Cloud's regions and their zones: regions.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cloud_facts.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Region:
    """A region and its zones' names. `place` is where it is, empty where no page of Google's says so.

    `ai_zones` are those for accelerators alone, which only a project that is let in sees.
    """

    name: str
    zones: tuple[str, ...]
    ai_zones: tuple[str, ...] = ()
    place: str = ""


@cache
def regions() -> Mapping[str, Region]:
    """Return all regions by name."""
    return {
        name: Region(
            name,
            tuple(f"{name}-{end}" for end in facts["zones"]),
            tuple(f"{name}-{end}" for end in facts.get("ai_zones", ())),
            facts.get("place", ""),
        )
        for name, facts in table("gcp", "regions")["regions"].items()
    }


@cache
def zones() -> Mapping[str, Region]:
    """Return the region of each zone by the zone's name, AI zones too."""
    return {zone: region for region in regions().values() for zone in (*region.zones, *region.ai_zones)}
