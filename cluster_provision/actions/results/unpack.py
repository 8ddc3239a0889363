"""Extracts an archive that a machine has made into a folder of this machine, and nowhere else."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 4 * 1024**3
"""Of all files of an archive, extracted: a machine packs half of it at most."""
MOST_FILES = 100_000
NAMED = 3


def unpack(archive: Path, folder: Path) -> str:
    """Extract the archive's files, folders and links within it; returns what had to be left out, in words.

    Left out are absolute paths, paths and links that lead out of the folder, and devices; and what is more than
    MOST_BYTES and MOST_FILES. Raises OSError where the folder can't be written.
    """
    left: list[str] = []
    total = 0
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive, "r:gz") as packed:
            for number, member in enumerate(packed):
                total += member.size
                if total > MOST_BYTES or number >= MOST_FILES:
                    return f"{_left_out(left)}; it has more than {MOST_BYTES} bytes or {MOST_FILES} files".lstrip("; ")
                try:
                    packed.extract(tarfile.data_filter(member, str(folder)), folder, filter="data")
                except (tarfile.FilterError, KeyError):
                    left.append(member.name)
    except (tarfile.TarError, EOFError) as failure:
        return f"{_left_out(left)}; it could not be read to its end: {failure}".lstrip("; ")
    return _left_out(left)


def _left_out(names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"left out, since they lead out of the folder: {', '.join(names[:NAMED])}{more}"
