"""The program that the machines of a Slurm cluster on a cloud run: an archive of this package's own modules.

It has what the machines' entry modules import at run time, directly or not, and the data of node/slurm. It needs
Python's own library alone, from 3.10 on.
"""

from __future__ import annotations

import ast
import gzip
import io
import tarfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.util import resolve_name
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cluster_provision", "node")
# Every module in these folders is an entry, whoever imports it.
ENTRIES = ("node/slurm_cloud", "node/slurm_power")
# What machines start as programs of their own.
PROGRAMS = ("node.apply", "node.facts")
DATA = ("node/slurm",)


@dataclass(frozen=True)
class Program:
    """A gzipped tar archive, and its name below the deployment in the state store, which holds its digest."""

    name: str
    content: bytes


@cache
def program(root: Path = ROOT) -> Program:
    """Return the archive of the sources below `root`; equal sources have the same name, wherever and whenever."""
    files = program_files(root)
    content = _archive(files)
    digest = sha256(b"".join(f"{name} {sha256(text).hexdigest()}\n".encode() for name, text in files.items()))
    return Program(f"files/slurm/{digest.hexdigest()[:16]}.tar.gz", content)


def program_files(root: Path = ROOT) -> dict[str, bytes]:
    """Return path → content of everything in it, by path.

    A package whose own names nobody asks for stands empty there: what it gathers of its modules comes along with the
    tool alone.
    """
    entries = [_name(path.relative_to(root)) for folder in ENTRIES for path in sorted((root / folder).glob("*.py"))]
    asked = _closure(root, (*entries, *PROGRAMS))
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in asked.values()}
    for name in asked:
        for package in _above(name):
            path = root / package.replace(".", "/") / "__init__.py"
            if path.exists():
                files.setdefault(path.relative_to(root).as_posix(), b"")
    for folder in DATA:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                files[path.relative_to(root).as_posix()] = path.read_bytes()
    return dict(sorted(files.items()))


def _closure(root: Path, entries: Iterable[str]) -> dict[str, Path]:
    """The modules by name → file, entries and whatever they import when they run."""
    found: dict[str, Path] = {}
    wanted = list(entries)
    while wanted:
        name = wanted.pop()
        path = _path(root, name)
        if name in found or path is None:
            continue
        found[name] = path
        wanted += _imported(root, name, path)
    return found


def _imported(root: Path, name: str, path: Path) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in _run(ast.parse(path.read_text(encoding="utf-8")).body):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        else:
            source = resolve_name("." * node.level + (node.module or ""), package)
            modules = [f"{source}.{each.name}" for each in node.names]
            yield from modules
            if any(_path(root, each) is None for each in modules):
                yield source


def _run(nodes: Iterable[ast.AST]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run, wherever they stand: all but those for a type checker."""
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            yield from _run(node.orelse)
        else:
            yield from _run(ast.iter_child_nodes(node))


def _path(root: Path, name: str) -> Path | None:
    """The file of one of our modules; `None` for what is none, or a package without a file of its own."""
    if name.partition(".")[0] not in PACKAGES:
        return None
    place = root / name.replace(".", "/")
    return next((path for path in (place / "__init__.py", place.with_name(f"{place.name}.py")) if path.exists()), None)


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _above(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:depth]) for depth in range(1, len(parts))]


def _archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), 0o644, 0
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
