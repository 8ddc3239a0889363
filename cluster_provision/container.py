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
    return in_container() and not is_mounted(folder, MOUNTS.read_text(encoding="utf-8"))


def is_mounted(folder: Path, mounts: str) -> bool:
    """Whether `folder` lies in a mount, other than the container's own file system, of this /proc/self/mountinfo."""
    points = {_unescaped(line.split()[4]) for line in mounts.splitlines()} - {"/"}
    return any(str(place) in points for place in (folder.resolve(), *folder.resolve().parents))


def _unescaped(point: str) -> str:
    """The kernel writes a space as \\040."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)
