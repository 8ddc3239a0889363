"""What became of the ops agent on the nodes: nothing waits for it, but that it is missing is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.node import Node
    from cluster_provision.state.base import StateStore


def nodes_without_agent(store: StateStore, nodes: Sequence[Node]) -> list[str]:
    """The names of those nodes whose agent could not be installed, by one listing of the records."""
    ids = {n.name: n.instance_id for n in nodes}
    return [s.name for s in store.node_summaries() if s.agent == "failed" and ids.get(s.name) == s.instance_id]
