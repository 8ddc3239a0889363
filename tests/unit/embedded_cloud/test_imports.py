"""The floors of the embedded cloud: README.md there describes them."""

from __future__ import annotations

from collections import Counter
from graphlib import TopologicalSorter

import pytest

from scripts.imports import PROJECT, imports, modules, part_of

PACKAGE = "embedded_cloud"
PRODUCT = "cluster_provision"

# Each part with its floor; what stands by itself in the package is the ground.
FLOORS = {"cloud": 4, "google": 3, "azure": 3, "existing": 3, "admin": 2, "base": 2, "machines": 1}
# The composition root alone knows the clouds.
ROOT = "embedded_cloud.cloud"
APART = (("google", "azure"), ("existing", "google"), ("existing", "azure"), ("standin.google", "standin.azurerm"))
LARGEST_FOLDER = 24
CLOUD_PREFIXES = ("gcp_", "google_", "gke_", "azure_")
# Modules whose name begins with a cloud; the list may only become shorter.
PREFIXED: set[str] = set()


def is_in(module: str, folder: str) -> bool:
    return f"{module}.".startswith(f"{PACKAGE}.{folder}.")


def test_there_are_no_circles() -> None:
    in_order = TopologicalSorter(imports(PACKAGE)).static_order()  # raises CycleError, which names the modules of one
    assert f"{PACKAGE}.cloud" in in_order


def test_nothing_imports_the_product() -> None:
    both = imports(PACKAGE, PRODUCT)
    assert [name for name in modules(PACKAGE) if any(each.split(".")[0] == PRODUCT for each in both[name])] == []


@pytest.mark.parametrize("pair", APART, ids="-".join)
def test_two_clouds_do_not_know_each_other(pair: tuple[str, str]) -> None:
    across = [
        (name, imported)
        for name, every in imports(PACKAGE).items()
        for imported in every
        for one, other in (pair, pair[::-1])
        if is_in(name, one) and is_in(imported, other)
    ]
    assert across == []


@pytest.mark.parametrize("pair", APART, ids="-".join)
def test_what_both_clouds_need_knows_neither(pair: tuple[str, str]) -> None:
    knowing = [
        (name, imported)
        for name, every in imports(PACKAGE).items()
        for imported in every
        if name != ROOT and any(is_in(imported, cloud) and not is_in(name, cloud) for cloud in pair)
    ]
    assert knowing == []


def test_nothing_imports_what_is_above_it() -> None:
    upward = [
        (name, imported)
        for name, every in imports(PACKAGE).items()
        for imported in every
        if FLOORS.get(part_of(imported), 0) > FLOORS.get(part_of(name), 0)
    ]
    assert upward == []


def test_the_stand_in_needs_no_cloud() -> None:
    needed = {
        imported
        for name, every in imports(PACKAGE).items()
        if part_of(name) == "standin"
        for imported in every
        if part_of(imported) != "standin"
    }
    assert needed <= {"embedded_cloud.merging"}


def test_no_folder_is_too_large_to_look_over() -> None:
    sizes = Counter(path.parent for path in modules(PACKAGE).values() if path.stem != "__init__")
    assert [str(each.relative_to(PROJECT)) for each, size in sizes.items() if size > LARGEST_FOLDER] == []


def test_a_cloud_is_a_folder_and_no_prefix() -> None:
    named = {path.stem for path in modules(PACKAGE).values() if path.stem.startswith(CLOUD_PREFIXES)}
    assert named == PREFIXED
