"""What is on the machines already that a cluster would collide with: another Slurm, and taken ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.existing.subject import finding
from cluster_provision.slurm import paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.checks.base import Finding
    from cluster_provision.checks.existing.subject import Subject

PORTS = {
    paths.CONTROLLER_PORT: "slurmctld",
    paths.NODE_PORT: "slurmd",
    paths.DATABASE_PORT: "slurmdbd",
}
"""Each port that the cluster needs, and the program that may have it."""

DAEMONS = ("slurmctld", "slurmd", "slurmdbd", "sackd", "slurmrestd")


def other_clusters(subject: Subject) -> Finding:
    """Another cluster's journal, and daemons or configuration of a Slurm that this tool didn't set up."""
    own = subject.settings.name_prefix
    found = {}
    for name, seen in subject.seen.items():
        others = [each for each in seen.facts.clusters if each != own]
        if others:
            found[name] = f"belongs to the cluster {', '.join(others)} of this tool"
        elif not subject.is_ours(name):
            running = sorted({each.program for each in seen.facts.daemons if each.program in DAEMONS})
            files = [path for path in seen.facts.slurm_files if path not in seen.facts.slurm_packaged]
            told = [f"{', '.join(running)} running"] if running else []
            told += [", ".join(_by_folder(files))] if files else []
            if told:
                found[name] = f"has another Slurm already: {'; '.join(told)}"
    return finding(
        "other Slurm",
        found,
        "none",
        "The tool changes no Slurm that it didn't set up. Another cluster of this tool is given back by Destroy with "
        "its own env file; another's is stopped by hand, and whatever is named here is moved away, units and programs "
        "of a compiled Slurm too (systemctl disable --now slurmctld slurmd slurmdbd; mv /etc/slurm /etc/slurm.old; "
        "systemctl daemon-reload).",
    )


def _by_folder(files: Sequence[str]) -> list[str]:
    """Name the first file of each folder, and how many more there are."""
    folders: dict[str, list[str]] = {}
    for path in files:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    return [
        f"{first} and {len(more)} more in {folder}" if more else first
        for folder, (first, *more) in sorted(folders.items())
    ]


def ports(subject: Subject) -> Finding:
    """Ports that Slurm needs, and something else listens on."""
    taken = {}
    for name, seen in subject.seen.items():
        if subject.is_ours(name):
            continue
        others = [
            f"{each.port} ({each.program or 'unknown program'})"
            for each in seen.facts.listeners
            if each.port in PORTS and PORTS[each.port] != each.program
        ]
        if others:
            taken[name] = f"has ports taken that the cluster needs: {', '.join(others)}"
    return finding("ports", taken, "free", "Stop what listens there, or have it listen on another port.")
