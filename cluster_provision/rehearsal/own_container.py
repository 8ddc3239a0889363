"""Finds the container that this process runs in, if any, and which of its files outlive it."""

from __future__ import annotations

import re
from pathlib import Path

from cluster_provision.container import in_container

MOUNTS = Path("/proc/self/mountinfo")
# The engine mounts a container's own hosts file (and two more) from its folder for that container.
OWN_FOLDER = re.compile(r"/containers/([0-9a-f]{64})/(?:hostname|hosts|resolv\.conf) /etc/")


def own_id(mounts: str) -> str | None:
    """Return the id of the container with this /proc/self/mountinfo; None outside containers."""
    found = OWN_FOLDER.search(mounts)
    return found[1] if found else None


def goes_with_the_container(folder: Path) -> bool:
    """Whether `folder` belongs to this container alone, and ends with it."""
    return in_container() and not is_mounted(folder, MOUNTS.read_text(encoding="utf-8"))


def is_mounted(folder: Path, mounts: str) -> bool:
    """Whether `folder` is in a mount of this /proc/self/mountinfo other than the container's own file system."""
    points = {_unescaped(line.split()[4]) for line in mounts.splitlines()} - {"/"}
    return any(str(place) in points for place in (folder.resolve(), *folder.resolve().parents))


def _unescaped(point: str) -> str:
    """Decode a mount point: the kernel writes a space as \\040."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)
