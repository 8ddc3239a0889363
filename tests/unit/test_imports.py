"""The house of the package: imports point down, and there are no circles, not even of types alone.

What is inside the embedded cloud is a house of its own, and isn't looked at here.
"""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = "cluster_provision"

# Each part with its floor; what stands by itself in the package is the ground. The rehearsal's door is cli's alone.
FLOORS = {
    "cli": 4,
    **dict.fromkeys(("actions", "provisioners", "run"), 3),
    **dict.fromkeys(("targets", "checks", "health", "stage"), 2),
    **dict.fromkeys(("clouds", "connection", "fleet", "readiness", "settings", "state", "templates", "terraform"), 1),
}


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


def test_there_are_no_circles() -> None:
    outside = {name: every for name, every in imports().items() if part_of(name) != "rehearsal"}
    TopologicalSorter(outside).prepare()  # raises CycleError, which names the modules of one


@pytest.mark.parametrize("part", sorted({part_of(name) for name in modules()} - {"rehearsal", ""}))
def test_nothing_imports_what_is_above_it(part: str) -> None:
    upward = [
        (name, imported)
        for name, every in imports().items()
        if part_of(name) == part
        for imported in every
        if FLOORS.get(part_of(imported), 0) > FLOORS.get(part, 0)
    ]
    assert upward == []


def test_the_command_line_alone_knows_of_rehearsals() -> None:
    knowing = {
        part_of(name)
        for name, every in imports().items()
        if any(part_of(imported) == "rehearsal" for imported in every)
    }
    assert knowing == {"cli", "rehearsal"}
