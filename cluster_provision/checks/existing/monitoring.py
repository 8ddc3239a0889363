"""Whether machines can be watched: their ports are free, the packages are offered, and none is watched already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.existing.subject import finding
from cluster_provision.result import Check
from cluster_provision.slurm.roles.monitoring.places import (
    NODE_EXPORTER,
    NODE_EXPORTER_PORT,
    PROMETHEUS,
    PROMETHEUS_PORT,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.checks.existing.subject import Seen, Subject

NAME = "monitoring"
ADVICE = (
    "Nothing was changed on any machine. Stop or move what listens there. A Prometheus or an exporter of your own goes "
    "on without the tool's: leave MONITORING off, and have yours ask these machines. Packages come from apt's lists "
    "there (apt-get update), on Ubuntu from universe."
)
LONGEST_NAME = 15
"""Characters of a process' name in /proc/<pid>/comm (proc(5))."""


def monitoring(subject: Subject) -> Finding:
    """A machine of the cluster may have the tool's own already."""
    if subject.settings.monitoring == "off":
        return Finding((Check(NAME, "ok", "off"),))
    problems = {
        name: "; ".join(told)
        for name, seen in subject.seen.items()
        if (
            told := list(_problems(seen, is_controller=name == subject.settings.controller, ours=subject.is_ours(name)))
        )
    }
    return finding(NAME, problems, "its ports are free, its packages are offered", ADVICE)


def _problems(seen: Seen, *, is_controller: bool, ours: bool) -> Iterator[str]:
    wanted = {NODE_EXPORTER_PORT: NODE_EXPORTER, **({PROMETHEUS_PORT: PROMETHEUS} if is_controller else {})}
    for port, package in wanted.items():
        there = seen.facts.packages.get(package)
        if there and there.installed and not ours:
            yield f"has {package} already, which the tool did not set up"
        elif there and not there.installed and not there.candidate and seen.facts.package_lists is not None:
            yield f"is offered no {package} by its distribution"
        for each in seen.facts.listeners:
            own = ours and each.program in ("", package[:LONGEST_NAME])
            if each.port == port and not own:
                yield f"has port {port} taken, which {package} needs ({each.program or 'unknown program'})"
