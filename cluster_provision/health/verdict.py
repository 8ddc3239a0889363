"""Combines the health of all nodes into one verdict, and advises the user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.errors import NotReady, ProvisionError, Unhealthy
from cluster_provision.health.faults import codes_in, faults_of
from cluster_provision.health.records import FINE
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.health.mending import Mending
    from cluster_provision.health.records import CheckedNode
    from cluster_provision.node import Verdict
    from cluster_provision.result import CheckStatus

ORDER: tuple[Verdict, ...] = ("unhealthy", "unknown", "running", "", "healthy", "skipped")
"""The worst first: the cluster's verdict is that of its worst node."""

WORDS: dict[Verdict, str] = {"": "not checked", "running": "still being checked", "skipped": "with nothing to check"}
KEYS: dict[Verdict, str] = {"": "not_checked"}
"""The verdicts' keys in the JSON, where they differ from the words."""

ROWS: dict[Verdict, CheckStatus] = {"healthy": "ok", "unhealthy": "failed", "skipped": "skipped"}
SHOWN = 10
"""The number of nodes that a message names one by one."""

RERUN = "sudo /opt/run-health-checks.sh"
"""The command that runs all checks of a node again."""


def overall(found: Sequence[CheckedNode]) -> Verdict:
    """Return the cluster's verdict; empty if it has no nodes."""
    verdicts = {each.verdict for each in found}
    return next((verdict for verdict in ORDER if verdict in verdicts), "")


def counts(found: Sequence[CheckedNode]) -> str:
    """Return the number of nodes with each verdict, in a few words."""
    numbers = {v: sum(each.verdict == v for each in found) for v in reversed(ORDER)}
    return ", ".join(f"{number} {WORDS.get(v, v)}" for v, number in numbers.items() if number) or "no nodes"


def check_of(found: Sequence[CheckedNode]) -> Check:
    """Return the result's row. It is ok only if every node is healthy or has nothing to check."""
    return Check("health", ROWS.get(overall(found), "unknown"), counts(found))


def failure_of(found: Sequence[CheckedNode], mending: Mending) -> ProvisionError | None:
    """Return the error if not every node is proven healthy. Unknown is no pass; for running checks, ask again later."""
    bad = [each for each in found if each.verdict not in FINE]
    if not bad:
        return None
    if all(each.verdict == "running" for each in bad):
        names = ", ".join(each.name for each in bad[:SHOWN])
        return NotReady(
            f"health checks still run: {counts(found)} ({names})", "They take 5 to 20 minutes; try again later."
        )
    lines = [f"not every node is healthy: {counts(found)}"]
    lines += [line for each in bad[:SHOWN] for line in _lines(each)]
    if len(bad) > SHOWN:
        lines.append(f"  and {len(bad) - SHOWN} more")
    return Unhealthy("\n".join(lines), advice(bad, mending))


def document(found: Sequence[CheckedNode]) -> dict[str, Any]:
    """Return the result's `health` (docs/health.md)."""
    numbers = {KEYS.get(v, v): sum(each.verdict == v for each in found) for v in reversed(ORDER)}
    return {"verdict": overall(found), **numbers, "nodes": [_node_document(each) for each in found]}


def warning_lines(found: Sequence[CheckedNode]) -> list[str]:
    """Return lines about the nodes that aren't fine, where that is no error."""
    bad = [each for each in found if each.verdict not in FINE]
    more = [f"  and {len(bad) - SHOWN} more"] if len(bad) > SHOWN else []
    return [line for each in bad[:SHOWN] for line in _lines(each)] + more


def advice(bad: Sequence[CheckedNode], mending: Mending) -> str:
    """Return what to do about nodes that are unhealthy or unknown."""
    sick = [each for each in bad if each.verdict == "unhealthy"]
    lines = [f"On a node, the logs are {' and '.join(mending.logs)}; `{RERUN}`"]
    lines.append("runs the checks again, and `Health again` does so on all nodes.")
    reported = sorted({each.health.host for each in sick if each.health.host})
    if sick:
        hosts = f": {', '.join(reported)}" if reported else ""
        told = f"report the physical host to {mending.cloud}{hosts} (docs/health.md says how),"
        lines.append(f"A fault of the machine: {told}")
        lines.append(f"and replace the node: {mending.renewal}.")
    for each in sick[:SHOWN]:
        command = mending.replacement(each.name)
        if command:
            lines.append(f"  {command}")
    return "\n".join(lines)


def _lines(found: CheckedNode) -> list[str]:
    host = f" (physical host {found.health.host})" if found.health.host else ""
    lines = [f"  {found.name}{host}: {WORDS.get(found.verdict, found.verdict)}"]
    for check in found.health.checks:
        if check.status not in ("passed", "skipped"):
            lines.append(f"    {check.name} {check.status}{': ' + check.detail if check.detail else ''}")
    lines += [f"    {fault.code}: {fault.meaning}. {fault.advice}" for fault in faults_of(found.health)]
    return lines


def _node_document(found: CheckedNode) -> dict[str, Any]:
    health = found.health
    checks = [
        {"name": c.name, "status": c.status, "detail": c.detail, "time": c.time, "faults": list(codes_in(c.detail))}
        for c in health.checks
    ]
    return {"name": found.name, "verdict": found.verdict, "host": health.host, "checks": checks}
