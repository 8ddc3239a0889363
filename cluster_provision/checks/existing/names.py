"""Whether machines that keep their own names can be told apart by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.existing.subject import finding

if TYPE_CHECKING:
    from cluster_provision.checks.existing.subject import Subject


def own_names(subject: Subject) -> Finding:
    """With SET_HOSTNAME=no: two machines of one name can't be told apart; another name than Slurm's is a note.

    MPI and NCCL take processes on hosts of one name for such of one host.
    """
    if subject.settings.set_hostname:
        return finding("names", {}, "set by Create", "")
    first: dict[str, str] = {}
    same: dict[str, str] = {}
    for name, seen in subject.seen.items():
        other = first.setdefault(seen.facts.short_name.lower(), name)
        if other != name:
            same[name] = f"calls itself {seen.facts.short_name}, as {other} does"
    differing = [
        f"{name} ({seen.facts.short_name})" for name, seen in subject.seen.items() if seen.facts.short_name != name
    ]
    notes: tuple[str, ...] = ()
    if differing:
        notes = (
            "SET_HOSTNAME=no: these keep their own names, in brackets, which jobs see by `hostname`; Slurm, and names "
            f"of the cluster's hosts file, are by the first: {', '.join(differing)}",
        )
    return finding(
        "names",
        same,
        f"{len(differing) or 'none'} differ from Slurm's",
        "Programs of a job would take them for one machine. Give each a name of its own (hostnamectl), or let Create "
        "do it (SET_HOSTNAME=yes).",
    ) + Finding(notes=notes)
