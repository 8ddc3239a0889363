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


def _verdict(node: Node, summary: NodeSummary | None) -> Verdict:
    return summary.health if summary and summary.instance_id == node.instance_id else ""


def _with_record(found: CheckedNode, record: NodeRecord | None, instance_id: str) -> CheckedNode:
    if record is None or record.instance_id != instance_id:
        return found
    return CheckedNode(found.name, record.health)
