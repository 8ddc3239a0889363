"""The nodes' states at one look: the group's machines, and the record of each node."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.node import Node
from cluster_provision.readiness.group_problems import RUNNING, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.base import Machine
    from cluster_provision.node import NodeSummary
    from cluster_provision.readiness.group_problems import Problem

DONE = "done"
"""The record's `step` once nothing is left to do, not even the user's command."""

SHOWN = 5
"""The number of nodes that a message names one by one."""


@dataclass(frozen=True)
class Wanted:
    """`count` ready nodes; with `command_ended`, the user's command must also have succeeded on each."""

    count: int
    command_ended: bool = False


@dataclass(frozen=True)
class Standing:
    """The nodes at one look, in the order of their names; `machines` are the listed machines."""

    nodes: tuple[Node, ...] = ()
    machines: tuple[Machine, ...] = field(default=(), compare=False)

    def failed(self) -> list[Node]:
        """Return the nodes whose record says that their set-up failed."""
        return [n for n in self.nodes if n.status == "failed"]

    def ready(self, wanted: Wanted) -> list[Node]:
        """Return the nodes that are as far as `wanted` says."""
        return [n for n in self.nodes if n.status == "ready" and (n.step == DONE or not wanted.command_ended)]

    def complete(self, wanted: Wanted) -> bool:
        """Whether there are as many as wanted, and all are ready."""
        return len(self.ready(wanted)) == len(self.nodes) == wanted.count

    def text(self, wanted: Wanted, problems: Sequence[Problem]) -> str:
        """Say in one line what the wait is for."""
        told = []
        if len(self.nodes) != wanted.count:
            told.append(f"{len(self.nodes)} of {wanted.count} machines exist")
        not_started = [n.name for n in self.nodes if n.status == "missing"]
        if not_started:
            told.append(f"{len(not_started)} not started: {some_of(not_started)}")
        busy = [f"{n.name} ({n.step or 'starting'})" for n in self.nodes if n.status == "starting"]
        if busy:
            told.append(f"{len(busy)} setting up: {some_of(busy)}")
        failed = [n.name for n in self.failed()]
        if failed:
            told.append(f"{len(failed)} failed, and trying again: {some_of(failed)}")
        running = [n.name for n in self.nodes if n.status == "ready" and wanted.command_ended and n.step != DONE]
        if running:
            told.append(f"startup command still running on {len(running)}: {some_of(running)}")
        if problems:
            told.append(f"the cloud says: {summary(problems)}")
        return ", ".join(told) or "all nodes ready"


def standing(machines: Sequence[Machine], records: Sequence[NodeSummary]) -> Standing:
    """Combine the machines and the records. A record of an instance that doesn't exist is ignored."""
    ids = {m.name: m.instance_id for m in machines}
    known = {s.name: s for s in records if s.name in ids and s.instance_id == ids[s.name]}
    return Standing(tuple(_node(m, known.get(m.name)) for m in machines), tuple(machines))


def _node(machine: Machine, record: NodeSummary | None) -> Node:
    status = record.status if record else "missing"
    if status == "ready" and machine.status not in (RUNNING, ""):
        status = "starting"  # its record is older than its last stop
    return Node(
        machine.name,
        machine.zone,
        machine.address,
        machine.instance_id,
        status,
        step=record.step if record else "",
        machine=machine.status,
        health=record.health if record else "",
        host=record.host if record else "",
    )


def some_of(names: Sequence[str]) -> str:
    """Return the first names, and the number of the others."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
