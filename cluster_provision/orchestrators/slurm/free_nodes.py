"""The nodes that a measurement can have: those of one partition that have nothing else to do, all with as many GPUs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady
from cluster_provision.orchestrators.slurm.nodes import LOGS, SHOW
from cluster_provision.readiness.polling import Poll
from cluster_provision.slurm.outputs.node_states import read_nodes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cluster_provision.orchestrators.slurm.controller import Controller
    from cluster_provision.slurm.outputs.node_states import NodeState

BUSY = "busy with other jobs"
COMPLETING_SECONDS = 30.0
"""Epilogs run in this time: that of the job that has proven the cluster a moment ago, too."""


@dataclass(frozen=True)
class FreeNodes:
    """Nodes of one partition, each with so many GPUs by Slurm's own count; `left_out` are the others, with why."""

    partition: str
    nodes: tuple[str, ...]
    gpus: int
    left_out: dict[str, str]


def free_nodes(controller: Controller, poll: Poll | None = None) -> FreeNodes:
    """The largest such group: GPUs count before nodes. Raises NotReady where slurmctld doesn't answer.

    Nodes whose job has just ended are waited for, COMPLETING_SECONDS at most.
    """
    poll = poll or Poll(COMPLETING_SECONDS)
    there: dict[str, NodeState] = {}
    while poll.next():
        there = _states(controller)
        if not any("completing" in state.flags for state in there.values()):
            break
    return _largest(controller.slurm_nodes, there)


def _states(controller: Controller) -> dict[str, NodeState]:
    asked = controller.on_controller(SHOW)
    if asked.exit_code:
        said = (asked.stderr or asked.stdout).decode(errors="replace").strip().splitlines()
        raise NotReady(
            f"slurmctld on {controller.controller_name} does not answer: {said[-1] if said else 'no word'}", LOGS
        )
    return {state.name: state for state in read_nodes(asked.stdout.decode(errors="replace"))}


def _largest(names: Sequence[str], there: Mapping[str, NodeState]) -> FreeNodes:
    left_out: dict[str, str] = {}
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name in names:
        state = there.get(name)
        why = _why_not(state)
        if why or state is None:
            left_out[name] = why
            continue
        for partition in state.partitions:
            groups[partition, state.gpus or 0].append(name)
    if not groups:
        return FreeNodes("", (), 0, left_out)
    (partition, gpus), nodes = max(groups.items(), key=lambda each: (each[0][1] * len(each[1]), len(each[1])))
    for name in names:
        if name not in left_out and name not in nodes:
            left_out[name] = _why_apart(there[name], partition)
    return FreeNodes(partition, tuple(nodes), gpus, left_out)


def _why_not(state: NodeState | None) -> str:
    """Why nothing can be measured on a node now, empty where it is free."""
    if state is None:
        return "not known to Slurm"
    if not state.ready:
        return state.words + (f" ({state.reason})" if state.reason else "")
    if state.base != "idle" or "completing" in state.flags:
        return BUSY
    if {"reserved", "maintenance"} & set(state.flags):
        return "reserved"
    return "" if state.partitions else "in no partition"


def _why_apart(state: NodeState, partition: str) -> str:
    if partition not in state.partitions:
        return f"not in partition {partition}"
    return f"{state.gpus or 'no'} GPUs, unlike the others"
