"""Whether each machine's distribution has Slurm that is new enough, and all of them the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.existing.subject import finding
from cluster_provision.slurm.outputs.distribution import SUPPORTED, read_distribution
from cluster_provision.slurm.release import read_release
from cluster_provision.slurm.wanted import slurm_version

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding
    from cluster_provision.checks.existing.subject import Subject
    from cluster_provision.slurm.facts import MachineFacts
    from cluster_provision.slurm.outputs.distribution import Distribution

LEAST_PYTHON = (3, 9)
ADVICE = "Nothing was changed on any machine. Take the machine off the list, or install what is named."


def distribution(subject: Subject) -> Finding:
    """What each machine has, by name; releases that differ can't make one cluster."""
    repository = subject.settings.slurm_repository is not None
    found = {name: _of(seen.facts, repository=repository) for name, seen in subject.seen.items()}
    problems = {name: f"can't be taken: {each.reason}" for name, each in found.items() if each.verdict != SUPPORTED}
    for name, seen in subject.seen.items():
        version = tuple(int(part) for part in seen.facts.python.split(".")[:2] if part.isdigit())
        if version and version < LEAST_PYTHON:
            problems.setdefault(name, f"has Python {seen.facts.python}; the work there needs 3.9")
    releases: dict[str, list[str]] = {}
    for name, each in found.items():
        if each.release is not None and name not in problems and not repository:
            releases.setdefault(str(each.release), []).append(name)
    if len(releases) > 1:
        told = "; ".join(f"{', '.join(names)}: {release}" for release, names in sorted(releases.items()))
        most = max(releases, key=lambda each: len(releases[each]))
        for release, names in releases.items():
            if release != most:
                problems |= dict.fromkeys(names, f"has Slurm {release}, and one release is needed on all: {told}")
    names = sorted({each.name for each in found.values()})
    result = finding("distribution", problems, ", ".join(names), ADVICE)
    notes = tuple(dict.fromkeys(each.reason for each in found.values() if each.verdict == SUPPORTED and each.reason))
    return result + type(result)(notes=notes)


def _of(facts: MachineFacts, *, repository: bool) -> Distribution:
    offered = read_release(slurm_version(facts))
    return read_distribution(facts.os_release, facts.dgx_release, offered, repository=repository)
