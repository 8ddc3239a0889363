"""Packs what the nodes fetch, the user's files and the samples: one archive each, named by its content."""

from __future__ import annotations

import hashlib
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.disk import disk_errors_named
from cluster_provision.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Iterable

SOURCE = Path("/usr/aiinfra/copy")
"""The folder where users mount the files that they want on the nodes."""

SAMPLES = Path(__file__).parents[2] / "node" / "samples"
"""The tool's own training scripts."""

PIECE = 1 << 20


@dataclass(frozen=True)
class Archive:
    """`name` is its place below the deployment; `path` lies in the working folder; it holds `count` files."""

    name: str
    path: Path
    count: int


def pack_files(source: Path, folder: Path, without: str = "") -> Archive | None:
    """Pack everything below `source` but folders named `without`; keep nested folders, modes and links.

    Returns None for an empty folder. The same files give the same name, so that a second Create changes nothing: owners
    and times are left out, and the name depends on the content, not on the packing. Raises MachineError if a file can't
    be read or the disk is full.
    """
    try:
        found = source.rglob("*") if source.is_dir() else ()
        members = sorted(m for m in found if without not in m.relative_to(source).parts)
        if not members:
            return None
        digest = hashlib.sha256()
        for member in members:
            for piece in _facts(member, source):
                digest.update(piece)
    except OSError as failure:
        raise MachineError(
            f"can't read {failure.filename}, which the nodes are to get: {failure.strerror}",
            f"Correct what is mounted at {source}, and run the same command again; nothing was changed.",
        ) from failure
    path = folder / f"{digest.hexdigest()}.tar.gz"
    with disk_errors_named(), tarfile.open(path, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            archive.add(member, str(member.relative_to(source)), recursive=False, filter=_anonymous)
    return Archive(f"files/{digest.hexdigest()}.tar.gz", path, sum(m.is_file() for m in members))


def _facts(member: Path, source: Path) -> Iterable[bytes]:
    """Yield what reaches the nodes of a file or folder: name, kind and mode, target or content."""
    yield f"{member.relative_to(source)}\0{member.lstat().st_mode:o}\0".encode("utf-8", "surrogateescape")
    if member.is_symlink():
        yield str(member.readlink()).encode("utf-8", "surrogateescape")
    elif member.is_file():
        yield f"{member.stat().st_size}\0".encode()
        with member.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = 0
    return member
