"""Waiting until every node has really started: by the records that the nodes themselves keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from cluster_provision.clouds.google_problems import error_of
from cluster_provision.errors import NodeSetupError
from cluster_provision.node import Node
from cluster_provision.readiness.group_problems import summary, unfilled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.clouds.base import Machine
    from cluster_provision.node import NodeSummary, StepRecord
    from cluster_provision.readiness.group_problems import GroupProblems, Problem
    from cluster_provision.readiness.polling import Poll
    from cluster_provision.state.base import StateStore

DONE = "done"
"""The record's `step` once nothing is left to do, the user's command included."""

SHOWN = 5
"""How many nodes a message names one by one."""


@dataclass(frozen=True)
class Wanted:
    """`count` nodes, each ready; with `command_ended`, each user command ended well too."""

    count: int
    command_ended: bool = False


def wait_for_nodes(
    wanted: Wanted,
    machines: Callable[[], list[Machine]],
    store: StateStore,
    problems: GroupProblems,
    poll: Poll,
    tell: Callable[[str, int, int], None],
) -> list[Node]:
    """The nodes, once as many as wanted are ready.

    Each look is one listing of the group's machines and one of the records, and while the group isn't full, one of
    its errors. A record of an instance that is not in the group counts for nothing. Raises NodeSetupError as soon as
    a node says that its set-up failed, with the step's last lines; what `problems` gives up on; and NotReady when the
    time is up.
    """
    seen = None
    nodes: list[Node] = []
    in_the_way: list[Problem] = []
    steps: dict[str, str] = {}
    while poll.next():
        found = machines()
        summaries = _of_this_group(store.node_summaries(), found)
        nodes = [_node(m, summaries.get(m.name)) for m in found]
        in_the_way = problems.look(found, wanted.count, poll.elapsed)
        steps = {name: s.step for name, s in summaries.items()}
        failed = [n for n in nodes if n.status == "failed"]
        if failed:
            _raise_failed(failed, store)
        ready = [n for n in nodes if n.status == "ready" and (not wanted.command_ended or steps[n.name] == DONE)]
        if len(ready) == len(nodes) == wanted.count:
            return nodes
        tell(_waiting_text(wanted, nodes, steps, in_the_way), len(ready), wanted.count)
        if seen != (nodes, steps):
            seen = (nodes, steps)
            poll.moved()
    raise error_of(
        unfilled(in_the_way),
        f"after {poll.elapsed / 60:.0f} minutes: {_waiting_text(wanted, nodes, steps, in_the_way)}",
        "What exists is still there, and costs money: run Create again to go on waiting, or Destroy. "
        "READY_TIMEOUT sets the limit; docs/node-status.md says where a node's logs lie.",
    )


def require_none_failed(store: StateStore, nodes: Sequence[Node]) -> None:
    """One more look at the end: a command that failed since its node was ready is an error of this run."""
    ids = {n.name: n.instance_id for n in nodes}
    failed = [s.name for s in store.node_summaries() if s.status == "failed" and ids.get(s.name) == s.instance_id]
    if failed:
        _raise_failed([n for n in nodes if n.name in failed], store)


def _raise_failed(failed: Sequence[Node], store: StateStore) -> NoReturn:
    raise NodeSetupError(
        _failure_text(failed, store),
        "Correct the cause and run Create again: it makes the machines that failed anew.",
    )


def _of_this_group(summaries: Sequence[NodeSummary], machines: Sequence[Machine]) -> dict[str, NodeSummary]:
    ids = {m.name: m.instance_id for m in machines}
    return {s.name: s for s in summaries if s.name in ids and s.instance_id == ids[s.name]}


def _node(machine: Machine, summary: NodeSummary | None) -> Node:
    status = summary.status if summary else "missing"
    if status == "ready" and machine.status not in ("RUNNING", ""):
        status = "starting"  # its record is from before it was stopped
    return Node(machine.name, machine.zone, machine.address, machine.instance_id, status)


def _waiting_text(wanted: Wanted, nodes: list[Node], steps: dict[str, str], in_the_way: list[Problem]) -> str:
    told = []
    if len(nodes) != wanted.count:
        told.append(f"{len(nodes)} of {wanted.count} machines exist")
    not_started = [n.name for n in nodes if n.status == "missing"]
    if not_started:
        told.append(f"not started: {_some(not_started)}")
    busy = [f"{n.name} ({steps.get(n.name) or 'starting'})" for n in nodes if n.status == "starting"]
    if busy:
        told.append(f"setting up: {_some(busy)}")
    running = [n.name for n in nodes if n.status == "ready" and wanted.command_ended and steps[n.name] != DONE]
    if running:
        told.append(f"startup command still running: {_some(running)}")
    if in_the_way:
        told.append(f"the cloud says: {summary(in_the_way)}")
    return ", ".join(told) or "all nodes ready"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _failure_text(failed: Sequence[Node], store: StateStore) -> str:
    lines = [f"{len(failed)} of the nodes failed in their set-up"]
    for node in failed[:SHOWN]:
        record = store.node_record(node.name)
        step = record.failed_step() if record else None
        lines.append(f"{node.name}: step {step.name if step else 'unknown'} failed{_mounts_of(step)}")
        if step and step.tail:
            lines += [f"    {line}" for line in step.tail.rstrip().splitlines()]
    if len(failed) > SHOWN:
        lines.append(f"and {len(failed) - SHOWN} more")
    return "\n".join(lines)


def _mounts_of(step: StepRecord | None) -> str:
    """Which of the step's mounts failed, where it has any."""
    failed = [f"{m.source} on {m.path}" for m in (step.mounts if step else ()) if m.status == "failed"]
    return f" to mount {', '.join(failed)}" if failed else ""
