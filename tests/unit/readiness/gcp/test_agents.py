"""What the records tell of the ops agent."""

from __future__ import annotations

from cluster_provision.node import Node, NodeSummary
from cluster_provision.readiness.gcp.agents import agents_of
from tests.unit.readiness.records import Records


def test_each_node_that_has_told_is_told_and_former_machines_are_not() -> None:
    summaries = [
        NodeSummary("a", "ready", "done", "1", agent="failed"),
        NodeSummary("b", "ready", "done", "2", agent="running"),
        NodeSummary("c", "ready", "done", "3"),
        NodeSummary("d", "ready", "done", "4", agent="ok"),
    ]
    nodes = [Node("a", instance_id="1"), Node("b", instance_id="2"), Node("c", instance_id="3"), Node("d")]
    assert agents_of(Records([summaries]), nodes) == {"a": "failed", "b": "running"}  # type: ignore[arg-type]
