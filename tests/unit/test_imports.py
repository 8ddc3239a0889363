"""The house of the package: imports point down, types included; no circles; no cloud in what all clouds share."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = "cluster_provision"

# From the top down; what stands by itself in the package and isn't named here is the ground, on the last floor.
FLOORS = (
    ("cli",),
    ("actions",),
    ("provisioners",),
    ("run",),
    ("targets",),
    ("orchestrators", "health"),
    ("stage", "readiness", "checks"),
    ("terraform", "state"),
    ("clouds", "fleet", "connection"),
    ("settings", "result"),
)
GROUND = len(FLOORS)
FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts}

CLOUDS = ("gcp", "gke", "azure")
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


def modules() -> dict[str, Path]:
    """The package's modules by their names."""
    found = {}
    for path in (PROJECT / PACKAGE).rglob("*.py"):
        parts = path.relative_to(PROJECT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports() -> dict[str, set[str]]:
    """Which of the package's modules each imports, wherever it does so."""
    known = modules()
    return {name: _imported(name, path, known) - {name} for name, path in known.items()}


def _imported(name: str, path: Path, known: dict[str, Path]) -> set[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            found |= {f"{source}.{each.name}" for each in node.names} | {source}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    # a package that is named on the way to a module of it isn't what is asked for
    named = found & known.keys()
    return {each for each in named if not any(other.startswith(f"{each}.") for other in named)}


def part_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def floor_of(module: str) -> int:
    return FLOOR.get(part_of(module), GROUND)


def cloud_of(module: str) -> str:
    """The cloud whose folder the module is in, empty for one that all clouds share."""
    return next((part for part in module.split(".") if part in CLOUDS), "")


OUTSIDE = sorted(name for name in modules() if part_of(name) != "rehearsal")


def test_there_are_no_circles() -> None:
    TopologicalSorter(imports()).prepare()  # raises CycleError, which names the modules of one


def test_every_floor_is_lived_on() -> None:
    assert FLOOR.keys() <= {part_of(name) for name in modules()}


@pytest.mark.parametrize("part", sorted({part_of(name) for name in OUTSIDE} - {""}))
def test_nothing_imports_what_is_above_it(part: str) -> None:
    upward = [
        (name, imported)
        for name in OUTSIDE
        if part_of(name) == part
        for imported in imports()[name]
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
        for imported in imports()[name]
        if cloud_of(imported) not in allowed
    ]
    assert foreign == []


def test_what_all_clouds_share_imports_no_clouds_folder() -> None:
    knowing = {
        name for name in OUTSIDE if not cloud_of(name) and any(cloud_of(imported) for imported in imports()[name])
    }
    assert knowing == KNOWS_THE_CLOUDS


def test_a_cloud_is_a_folder_and_never_a_prefix() -> None:
    prefixed = {name for name in modules() if name.rpartition(".")[2].startswith(CLOUD_PREFIXES)}
    assert prefixed == PREFIXED


def test_no_folder_holds_more_modules_than_one_sees_at_a_glance() -> None:
    folders: dict[Path, int] = {}
    for path in modules().values():
        folders[path.parent] = folders.get(path.parent, 0) + (path.name != "__init__.py")
    assert {folder.as_posix(): count for folder, count in folders.items() if count > MOST_MODULES} == {}


def test_the_command_line_alone_knows_of_rehearsals() -> None:
    knowing = {
        part_of(name)
        for name, every in imports().items()
        if any(part_of(imported) == "rehearsal" for imported in every)
    }
    assert knowing == {"cli", "rehearsal"}
