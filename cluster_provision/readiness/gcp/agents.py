"""Reads the ops agent's status from the nodes' records: nothing waits for it, but a note names a missing agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.node import Node
    from cluster_provision.state.base import StateStore


def agents_of(store: StateStore, nodes: Sequence[Node]) -> dict[str, str]:
    """Return the status of the agent's step on each node whose record has one, by one listing of the records."""
    ids = {n.name: n.instance_id for n in nodes}
    return {s.name: s.agent for s in store.node_summaries() if s.agent and ids.get(s.name) == s.instance_id}
