"""Which module of a package imports which: read from the source, types included."""

from __future__ import annotations

import ast
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


@cache
def modules(package: str) -> dict[str, Path]:
    """The package's modules by their names."""
    found = {}
    for path in sorted((PROJECT / package).rglob("*.py")):
        parts = path.relative_to(PROJECT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(*packages: str) -> dict[str, set[str]]:
    """Which of the packages' modules each of their modules imports, wherever in it."""
    known = {name: path for package in packages for name, path in modules(package).items()}
    return {name: _imported(name, path, known) - {name} for name, path in known.items()}


def part_of(module: str) -> str:
    """The part of its package that a module is in: `targets` of cluster_provision.targets.base."""
    return module.split(".")[1] if "." in module else ""


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
