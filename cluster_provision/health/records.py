"""Reads the machines' health from their records."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.node import HealthCheck, NodeHealth
from cluster_provision.parallel import at_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.node import Node, NodeRecord, NodeSummary, Verdict
    from cluster_provision.state.base import StateStore

PENDING: frozenset[Verdict] = frozenset({"", "running"})
"""No verdict yet: the checks run, or haven't begun."""

FINE: frozenset[Verdict] = frozenset({"healthy", "skipped"})
"""The verdicts of nodes that need no further words."""


@dataclass(frozen=True)
class CheckedNode:
    """A node and its health, with what each check found where that was read."""

    name: str
    health: NodeHealth = field(default_factory=NodeHealth)

    @property
    def verdict(self) -> Verdict:
        return self.health.verdict

    def not_known(self, why: str) -> CheckedNode:
        """Return the same node with the verdict "unknown" for this reason."""
        checks = (HealthCheck("checks", "unknown", why),)
        return CheckedNode(self.name, NodeHealth("unknown", checks, self.health.host))


def verdicts(store: StateStore, nodes: Sequence[Node]) -> list[CheckedNode]:
    """List the records once; ignore a record of another machine with the same name."""
    told = {s.name: s for s in store.node_summaries()}
    return [CheckedNode(n.name, NodeHealth(_verdict(n, told.get(n.name)))) for n in nodes]


def in_full(store: StateStore, nodes: Sequence[Node], found: Sequence[CheckedNode]) -> list[CheckedNode]:
    """Add what each check found, for those that aren't fine: this reads one record for each of them."""
    ids = {n.name: n.instance_id for n in nodes}
    wanted = [each.name for each in found if each.verdict not in FINE | PENDING]
    read = at_once([partial(store.node_record, name) for name in wanted])
    records: dict[str, NodeRecord | None] = dict(zip(wanted, read, strict=True))
    return [_with_record(each, records.get(each.name), ids[each.name]) for each in found]


def with_own_checks(store: StateStore, found: Sequence[CheckedNode]) -> list[CheckedNode]:
    """Add what the machines' own checks found to what somebody else, such as Slurm, says of nodes that are on; and each
    one's physical machine."""
    told = {s.name: s for s in store.node_summaries()}
    return [_with_own(store, each, told.get(each.name)) for each in found]


def _with_own(store: StateStore, found: CheckedNode, told: NodeSummary | None) -> CheckedNode:
    if told is None or found.verdict == "skipped":
        return found
    health = NodeHealth(found.verdict, found.health.checks, told.host)
    if told.health not in ("unhealthy", "unknown") or found.verdict in PENDING:
        return CheckedNode(found.name, health)
    record = store.node_record(found.name)
    verdict: Verdict = "unhealthy" if "unhealthy" in (found.verdict, told.health) else "unknown"
    checks = (*health.checks, *(record.health.checks if record else ()))
    return CheckedNode(found.name, NodeHealth(verdict, checks, told.host))


def _verdict(node: Node, summary: NodeSummary | None) -> Verdict:
    return summary.health if summary and summary.instance_id == node.instance_id else ""


def _with_record(found: CheckedNode, record: NodeRecord | None, instance_id: str) -> CheckedNode:
    if record is None or record.instance_id != instance_id:
        return found
    return CheckedNode(found.name, record.health)
