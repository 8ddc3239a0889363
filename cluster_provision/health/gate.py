"""HEALTH_GATE: what Create does with the health of the machines that it has made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from cluster_provision.health.records import PENDING, CheckedNode, in_full, verdicts
from cluster_provision.health.verdict import check_of, counts, document, failure_of, warning_lines
from cluster_provision.readiness.polling import Poll

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.health.mending import Mending
    from cluster_provision.stage import Site


STAYS = """\
The cluster stays as it is, for you to look at, and costs money. Run Create again to continue from there;
HEALTH_GATE=warn continues in spite of it."""


@dataclass(frozen=True)
class Gate:
    """`word` is HEALTH_GATE's value, `limit_minutes` HEALTH_TIMEOUT's.

    `unasked` names the machines that can't be expected to check themselves, such as those of an earlier version: one of
    them without a verdict is unknown at once.
    """

    word: Literal["off", "warn", "strict"]
    limit_minutes: int
    mending: Mending
    unasked: Callable[[], frozenset[str]] = field(default=frozenset)


def pass_gate(gate: Gate, site: Site, poll: Poll | None = None) -> None:
    """Wait until every node of the result has a verdict, or the time is up; then a node without one is unknown.

    With HEALTH_GATE=strict, raises Unhealthy unless every node is proven healthy; otherwise it prints a warning.
    """
    poll = poll or Poll(60 * gate.limit_minutes)
    nodes = site.result.nodes
    found = [CheckedNode(n.name) for n in nodes]
    unasked = gate.unasked()
    while poll.next():
        with poll.bearing_outages(site.progress.update):
            seen, found = found, [_unasked(each, unasked) for each in verdicts(site.store, nodes)]
            done = [each for each in found if each.verdict not in PENDING]
            if len(done) == len(found):
                break
            site.progress.update("machines checked", len(done), len(found))
            if seen != found:
                poll.moved()
    found = [_given_up(each, gate.limit_minutes) for each in in_full(site.store, nodes, found)]
    health = {each.name: each.verdict for each in found}
    site.result.nodes = [replace(n, health=health[n.name]) for n in nodes]
    site.result.health = document(found)
    site.result.checks.append(check_of(found))
    failure = failure_of(found, gate.mending)
    if failure and gate.word == "strict":
        failure.advice = f"{STAYS}\n{failure.advice}"
        raise failure
    if failure:
        site.say(f"Warning: not every node is healthy ({counts(found)}); HEALTH_GATE=strict would stop here:")
        for line in warning_lines(found):
            site.say(line)
        for line in failure.advice.splitlines():
            site.say(line)
    site.progress.conclude(counts(found))


def _unasked(found: CheckedNode, unasked: frozenset[str]) -> CheckedNode:
    if found.verdict or found.name not in unasked:
        return found
    return found.not_known("it was made with earlier settings or by an earlier version, and does not check itself")


def _given_up(found: CheckedNode, minutes: int) -> CheckedNode:
    if found.verdict not in PENDING:
        return found
    why = "still run" if found.verdict == "running" else "have not begun"
    return found.not_known(f"they {why} after {minutes} minutes (HEALTH_TIMEOUT)")
