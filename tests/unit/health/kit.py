"""A store whose records change from look to look, and what a stage works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.health.mending import Mending
from cluster_provision.node import HealthCheck, Node, NodeHealth, NodeRecord, NodeSummary
from cluster_provision.readiness.polling import Poll
from cluster_provision.result import Result
from cluster_provision.stage import Site
from cluster_provision.state.base import StateFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.node import HealthStatus, Verdict

MISSING_GPU = "check_gpu_count: Expected to see 8 but found 7. FaultCode: NHC2009"
NODES = (Node("vm-0", instance_id="1"), Node("vm-1", instance_id="2"))


@dataclass
class Records:
    """The verdicts by name at each look, the last of which stays; `bodies` are read when they are asked for."""

    looks: list[dict[str, Verdict]]
    bodies: dict[str, NodeHealth] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=lambda: {n.name: n.instance_id for n in NODES})
    listings: int = 0
    read: list[str] = field(default_factory=list)

    def node_summaries(self) -> list[NodeSummary]:
        self.listings += 1
        look = self.looks[min(self.listings, len(self.looks)) - 1]
        return [NodeSummary(name, "ready", "done", self.ids[name], health=v) for name, v in look.items()]

    def node_record(self, name: str) -> NodeRecord | None:
        self.read.append(name)
        health = self.bodies.get(name)
        return NodeRecord(name, self.ids[name], "ready", "done", health=health) if health else None


@dataclass
class Told:
    """What a stage told."""

    updates: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    conclusion: str = ""

    def update(self, text: str, done: int | None = None, total: int | None = None, nodes: Sequence[Node] = ()) -> None:
        self.updates.append(f"{done} of {total} {text}" if total else text)

    def conclude(self, detail: str) -> None:
        self.conclusion = detail


def mending(replacement: Callable[[str], str]) -> Mending:
    """A cloud's, with this way to replace a node."""
    return Mending("Azure", ("/var/log/a.log", "/var/log/b.log"), "delete it, and run Create again", replacement)


def site_of(records: Records, told: Told) -> Site:
    """What a stage works with, with the nodes filled in as the stage before does it."""
    result = Result("create", nodes=list(NODES))
    return Site(records, StateFacts(), result, told, told.lines.append, [])  # type: ignore[arg-type]


class Time:
    """A clock that only a sleep moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def poll(self, minutes: float) -> Poll:
        return Poll(60 * minutes, lambda: self.now, self.sleep)


def sick(detail: str = MISSING_GPU, status: HealthStatus = "failed") -> NodeHealth:
    """A node of which AzNHC says this."""
    checks = (HealthCheck("aznhc", status, detail, "2026-11-25T10:00:00Z"), HealthCheck("dcgm", "passed"))
    return NodeHealth("unhealthy" if status == "failed" else "unknown", checks, "BN1234")
