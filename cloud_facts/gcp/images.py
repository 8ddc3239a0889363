"""The image families of Google Cloud's public projects: images.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cloud_facts.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ImageProject:
    """A public project's families. `disk_gib` is the size of its images' disks, 0 where unknown."""

    families: tuple[str, ...]
    disk_gib: int = 0


@cache
def image_projects() -> Mapping[str, ImageProject]:
    """Return the projects whose families are known, by ID."""
    given = table("gcp", "images")["projects"]
    whole = {name: given[facts["same_as"]] if "same_as" in facts else facts for name, facts in given.items()}
    return {name: ImageProject(tuple(facts["families"]), facts.get("disk_gib", 0)) for name, facts in whole.items()}
