"""Whether this process runs in a container, and what of its files outlives it."""

from __future__ import annotations

import re
from pathlib import Path

# Docker and Podman each put one into every container.
MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
MOUNTS = Path("/proc/self/mountinfo")


def in_container() -> bool:
    """Whether an engine made the file system that this process sees."""
    return any(mark.exists() for mark in MARKS)


def ends_with_the_container(folder: Path) -> bool:
    """Whether `folder` is of this container alone, and ends with it."""
    return in_container() and not is_mounted(folder.resolve(), MOUNTS.read_text(encoding="utf-8"))


def is_mounted(folder: Path, mounts: str) -> bool:
    """Whether `folder` lies in a mount that outlives the container, of this /proc/self/mountinfo.

    Neither the container's own file system does, nor a file system in memory that was made for it.
    """
    lasts = {}
    for line in mounts.splitlines():
        fields, of_system = (part.split() for part in line.split(" - ", 1))
        lasts[_unescaped(fields[4])] = fields[4] != "/" and (of_system[0] != "tmpfs" or fields[3] != "/")
    return next((lasts[str(place)] for place in (folder, *folder.parents) if str(place) in lasts), False)


def _unescaped(point: str) -> str:
    """The kernel writes a space as \\040."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)
