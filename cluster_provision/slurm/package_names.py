"""What Slurm's packages are called: by Debian and Ubuntu, or by SchedMD, as the clouds' repositories have them too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.slurm.release import Release, read_release

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class PackageNames:
    """The names of one packager."""

    slurmctld: str = "slurmctld"
    slurmd: str = "slurmd"
    slurmdbd: str = "slurmdbd"
    client: str = "slurm-client"
    sackd: str = "sackd"
    adopt: str = "libpam-slurm-adopt"


DEBIAN = PackageNames()
# debian/control of Slurm's own sources, from slurm-23-11-0-1 on.
SCHEDMD = PackageNames(
    "slurm-smd-slurmctld",
    "slurm-smd-slurmd",
    "slurm-smd-slurmdbd",
    "slurm-smd-client",
    "slurm-smd-sackd",
    "slurm-smd-libpam-slurm-adopt",
)


def names_in(index: str) -> tuple[PackageNames, Release] | None:
    """Return whose packages a repository's Packages file lists, and the newest release; `None` without Slurm."""
    versions = _versions(index)
    for names in (SCHEDMD, DEBIAN):
        releases = [release for text in versions.get(names.slurmd, ()) if (release := read_release(text))]
        if releases:
            return names, max(releases)
    return None


def _versions(index: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for paragraph in index.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if line[:1].isalpha() and ": " in line)
        found.setdefault(fields.get("Package", ""), []).append(fields.get("Version", ""))
    return found
