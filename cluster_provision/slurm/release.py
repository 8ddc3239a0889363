"""Slurm's releases: `22.05`, `24.11`. What is true of one is decided by comparing them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

_VERSION = re.compile(r"(?:[0-9]+:)?(?:slurm[-_ ])?v?([0-9]{2})[.-]([0-9]{2})\b", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Release:
    """A release by year and month, such as 22 and 5, without its minor number."""

    year: int
    month: int

    OLDEST: ClassVar[Release]

    def __str__(self) -> str:
        return f"{self.year:02d}.{self.month:02d}"


# The first with cgroup v2 and dynamic nodes (RELEASE_NOTES of 22.05).
Release.OLDEST = Release(22, 5)


def read_release(version: str) -> Release | None:
    """Return the release of a package's version (`22.05.8-4+deb12u3`) or of `slurmd -V` (`slurm 24.11.5`)."""
    match = _VERSION.match(version.strip())
    return Release(int(match[1]), int(match[2])) if match else None
