"""A store of nodes' records, without a bucket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.node import NodeRecord, NodeSummary


@dataclass
class Records:
    """A store whose listing changes from look to look; the last one stays."""

    looks: list[list[NodeSummary]]
    bodies: dict[str, NodeRecord] = field(default_factory=dict)
    listings: int = 0

    def node_summaries(self) -> list[NodeSummary]:
        self.listings += 1
        return self.looks[min(self.listings, len(self.looks)) - 1]

    def node_record(self, name: str) -> NodeRecord | None:
        return self.bodies.get(name)
