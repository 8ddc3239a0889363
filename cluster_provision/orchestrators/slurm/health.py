"""The nodes' health as Slurm has it: whether each takes jobs, and whose reason keeps one from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from cluster_provision.errors import Unhealthy
from cluster_provision.health.records import FINE, CheckedNode
from cluster_provision.health.verdict import counts
from cluster_provision.node import HealthCheck, NodeHealth
from cluster_provision.orchestrators.slurm.controller import Controller
from cluster_provision.orchestrators.slurm.nodes import look_at_nodes
from cluster_provision.slurm import paths
from cluster_provision.slurm.outputs.drain_reasons import (
    ANOTHER_TOOL,
    NOBODY,
    OURS,
    PERSON,
    PROLOG,
    SLURM,
    judge_reason,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.errors import ProvisionError
    from cluster_provision.slurm.outputs.node_states import NodeState

PROGRAM = (paths.HEALTH,)

_OFF = frozenset({"powered_down", "powering_down", "power_down"})
_COMING = frozenset({"powering_up", "power_up"})
_WHOSE = {
    OURS: "this tool's reason",
    PROLOG: "a prolog's or epilog's reason",
    SLURM: "Slurm's reason",
    ANOTHER_TOOL: "another tool's reason",
    PERSON: "a person's reason",
    NOBODY: "no reason is given",
}


@runtime_checkable
class NodesController(Controller, Protocol):
    """A controller whose nodes can be asked one by one."""

    def on_nodes(self, words: Sequence[str], ended: Callable[[int, int], None]) -> dict[str, ProvisionError | None]:
        """Run a program on every compute node as root, all at once; why it didn't succeed on one, None where it did."""


def check_again(controller: NodesController, ended: Callable[[int, int], None]) -> dict[str, str]:
    """Have every node run its health program now; returns why it could not be run, by node."""
    outcomes = controller.on_nodes(PROGRAM, ended)
    return {name: failure.message for name, failure in outcomes.items() if failure is not None}


def health_of(controller: Controller, not_run: dict[str, str]) -> list[CheckedNode]:
    """Each node's verdict. One whose program could not be run, or that Slurm doesn't know, is unknown; a cloud's
    node that is off has nothing to check."""
    return [_checked(name, state, not_run.get(name, "")) for name, state in look_at_nodes(controller).states.items()]


def unhealthy(found: Sequence[CheckedNode]) -> Unhealthy | None:
    """The error of nodes that aren't proven healthy, None where all are."""
    bad = [each for each in found if each.verdict not in FINE]
    if not bad:
        return None
    lines = "\n".join(f"  {each.name}: {'; '.join(check.detail for check in each.health.checks)}" for each in bad)
    return Unhealthy(
        f"not every node is healthy: {counts(found)}\n{lines}",
        "`Undrain <nodes>` puts back what a person or a job's script has drained, once its cause is gone. "
        "`Health again` runs every node's health program now; docs/slurm.md says what it looks at.",
    )


def _checked(name: str, state: NodeState | None, not_run: str) -> CheckedNode:
    if state is None:
        return CheckedNode(name).not_known("Slurm doesn't know the node")
    if _OFF & set(state.flags):
        why = f": {state.reason}" if state.reason else ""
        return CheckedNode(name, NodeHealth("skipped", (HealthCheck("slurm", "skipped", f"off{why}"),)))
    if _COMING & set(state.flags):
        return CheckedNode(name, NodeHealth("running", (HealthCheck("slurm", "running", state.words),)))
    if state.drained or state.down or not state.ready:
        reason = judge_reason(state.reason, state.reason_user)
        words = ": ".join(part for part in (state.words, state.reason) if part)
        advice = f"; {reason.advice}" if reason.advice else ""
        check = HealthCheck("slurm", "failed", f"{words} ({_WHOSE[reason.whose]}){advice}")
        return CheckedNode(name, NodeHealth("unhealthy", (check,)))
    if not_run:
        return CheckedNode(name).not_known(f"the health program could not be run: {not_run}")
    return CheckedNode(name, NodeHealth("healthy", (HealthCheck("slurm", "passed", state.words),)))
