"""The house of the package: imports point down, types included; no circles; no cloud in what all clouds share."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from scripts.documents.architecture import FLOORS
from scripts.imports import imports, modules, part_of

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = "cluster_provision"

GROUND = len(FLOORS)
FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts}

CLOUDS = ("gcp", "gke", "azure", "existing")
MAY_USE = {"gke": {"gcp"}}
"""GKE's nodes are Compute Engine's machines."""

KNOWS_THE_CLOUDS = {
    "cluster_provision.targets",
    "cluster_provision.settings",
    "cluster_provision.settings.catalogue",
    "cluster_provision.settings.draft",
    "cluster_provision.settings.rules",
}
"""The dictionaries of what each cloud has, and their types. This may only shrink."""

CLOUD_PREFIXES = ("gcp_", "google_", "gke_", "azure_")
PREFIXED = {
    "cluster_provision.clouds.gcp.gke_remnants",
    "cluster_provision.settings.rules.gcp.gke_pools",
}
"""GKE's modules among Google Cloud's. This may only shrink."""

MOST_MODULES = 24


def floor_of(module: str) -> int:
    return FLOOR.get(part_of(module), GROUND)


def cloud_of(module: str) -> str:
    """The cloud whose folder the module is in, empty for one that all clouds share."""
    return next((part for part in module.split(".") if part in CLOUDS), "")


OUTSIDE = sorted(name for name in modules(PACKAGE) if part_of(name) != "rehearsal")


def test_there_are_no_circles() -> None:
    in_order = TopologicalSorter(imports(PACKAGE)).static_order()  # raises CycleError, which names the modules of one
    assert f"{PACKAGE}.cli" in in_order


def test_every_floor_is_lived_on() -> None:
    assert FLOOR.keys() <= {part_of(name) for name in modules(PACKAGE)}


@pytest.mark.parametrize("part", sorted({part_of(name) for name in OUTSIDE} - {""}))
def test_nothing_imports_what_is_above_it(part: str) -> None:
    upward = [
        (name, imported)
        for name in OUTSIDE
        if part_of(name) == part
        for imported in imports(PACKAGE)[name]
        if floor_of(imported) < floor_of(name)
    ]
    assert upward == []


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_clouds_folder_imports_no_other_clouds(cloud: str) -> None:
    allowed = {"", cloud, *MAY_USE.get(cloud, ())}
    foreign = [
        (name, imported)
        for name in OUTSIDE
        if cloud_of(name) == cloud
        for imported in imports(PACKAGE)[name]
        if cloud_of(imported) not in allowed
    ]
    assert foreign == []


def test_what_all_clouds_share_imports_no_clouds_folder() -> None:
    shared = [name for name in OUTSIDE if not cloud_of(name)]
    knowing = {name for name in shared if any(cloud_of(imported) for imported in imports(PACKAGE)[name])}
    assert knowing == KNOWS_THE_CLOUDS


def test_a_cloud_is_a_folder_and_never_a_prefix() -> None:
    prefixed = {name for name in modules(PACKAGE) if name.rpartition(".")[2].startswith(CLOUD_PREFIXES)}
    assert prefixed == PREFIXED


def test_no_folder_holds_more_modules_than_one_sees_at_a_glance() -> None:
    folders: dict[Path, int] = {}
    for path in modules(PACKAGE).values():
        folders[path.parent] = folders.get(path.parent, 0) + (path.name != "__init__.py")
    assert {folder.as_posix(): count for folder, count in folders.items() if count > MOST_MODULES} == {}


def test_the_command_line_alone_knows_of_rehearsals() -> None:
    knowing = {
        part_of(name)
        for name, every in imports(PACKAGE).items()
        if any(part_of(imported) == "rehearsal" for imported in every)
    }
    assert knowing == {"cli", "rehearsal"}
