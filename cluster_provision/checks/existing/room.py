"""Whether there is room for packages, logs and Slurm's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.existing.subject import finding

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding
    from cluster_provision.checks.existing.subject import Subject

LEAST_MB = {"/": 1024, "/var": 1024, "/tmp": 128}  # noqa: S108 - where Slurm's jobs write by default
"""MiB. Slurm, MariaDB and what they need are 700 MiB installed on Debian 12."""


def room(subject: Subject) -> Finding:
    """What is free where it is written, on machines that are not set up yet."""
    short = {}
    for name, seen in subject.seen.items():
        if subject.is_ours(name):
            continue
        lacking = [
            f"{seen.facts.free_mb[path]} MiB free in {path}, where {least} are needed"
            for path, least in LEAST_MB.items()
            if seen.facts.free_mb.get(path, least) < least
        ]
        if lacking:
            short[name] = f"has {' and '.join(lacking)}"
    return finding("room", short, "enough on every machine", "Make room there, and run the same command again.")
