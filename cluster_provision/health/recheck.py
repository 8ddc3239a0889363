"""Makes every machine run its health checks again, over SSH."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.fleet.run import run_everywhere
from cluster_provision.health.verdict import RERUN

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.fleet.model import Fleet, Host
    from cluster_provision.fleet.run import Ended
    from cluster_provision.health.records import CheckedNode
    from cluster_provision.node import Verdict

VERDICTS: dict[int, frozenset[Verdict]] = {
    0: frozenset({"healthy", "skipped"}),
    1: frozenset({"unhealthy"}),
    2: frozenset({"unknown"}),
}
"""The exit statuses of a completed run, and its verdicts (node/opt/run-health-checks.sh)."""

BUSY = 75


@dataclass(frozen=True)
class Again:
    """How the new run ended on a host: the possible `verdicts`, or `why` there is none."""

    verdicts: frozenset[Verdict] = frozenset()
    why: str = ""

    def confirm(self, found: CheckedNode) -> CheckedNode:
        """Return what the host's new record says, unless the record doesn't belong to this run."""
        if self.why:
            return found.not_known(self.why)
        if found.verdict not in self.verdicts:
            return found.not_known(
                f"the checks found it {' or '.join(sorted(self.verdicts))}, but its record doesn't say so"
            )
        return found


def check_again(fleet: Fleet, ended: Callable[[int, int], None]) -> dict[str, Again]:
    """Run the checks on all hosts at once, which takes minutes; return how they ended, by the hosts' names.

    `ended` gets the number of hosts that are done, and of all. Raises the error that keeps the head from being reached.
    """
    said = _LastLines()
    outcomes = run_everywhere(fleet, RERUN, said, ended)
    return {each.host.name: _again(each, said.of.get(each.host.name, "")) for each in outcomes}


class _LastLines:
    """Keeps the last line of each host's errors."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def stdout(self, host: Host, line: bytes) -> None:
        """Ignore it: the record has what the checks found."""

    def stderr(self, host: Host, line: bytes) -> None:
        self.of[host.name] = line.decode(errors="replace").strip()


def _again(ended: Ended, said: str) -> Again:
    if ended.exit_code is None:
        return Again(why=str(ended.error))
    if ended.exit_code in VERDICTS:
        return Again(VERDICTS[ended.exit_code])
    if ended.exit_code == BUSY:
        return Again(why="health checks were running there already")
    return Again(why=f"{RERUN} ended with exit code {ended.exit_code}" + (f": {said}" if said else ""))
