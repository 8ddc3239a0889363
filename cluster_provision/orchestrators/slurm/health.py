"""The nodes' health as Slurm has it: whether each takes jobs, and whose reason keeps one from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from cluster_provision.errors import NotReady, Unhealthy
from cluster_provision.health.records import FINE, CheckedNode
from cluster_provision.health.verdict import counts
from cluster_provision.node import HealthCheck, NodeHealth
from cluster_provision.orchestrators.slurm.controller import Controller
from cluster_provision.orchestrators.slurm.nodes import look_at_nodes
from cluster_provision.slurm import paths
from cluster_provision.slurm.cloud_record import UP
from cluster_provision.slurm.outputs.drain_reasons import (
    ANOTHER_TOOL,
    MARK,
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
    from cluster_provision.slurm.cloud_record import ClusterRecord, NodeWord
    from cluster_provision.slurm.outputs.node_states import NodeState

PROGRAM = (paths.HEALTH,)
_OFF = frozenset({"powered_down", "powering_down", "power_down"})
_COMING = frozenset({"powering_up", "power_up"})
"""Slurm's flags of nodes that aren't on, or not yet."""
_OFF_WORDS, _COMING_WORD = frozenset({"off", "powering-down"}), "powering-up"
"""The record's words for the same."""

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
        """Run a program on every compute node that is on, as root, all at once; why it didn't succeed on one, None
        where it did."""


@runtime_checkable
class RecordedController(NodesController, Protocol):
    """A controller that writes how Slurm has its nodes into its own record: no way in is needed to read that."""

    def cluster_record(self) -> ClusterRecord:
        """What it last said; empty where it has said nothing yet."""


def check_again(controller: NodesController, ended: Callable[[int, int], None]) -> dict[str, str]:
    """Have every node that is on run its health program now; returns why it could not be run, by node, empty where it
    was."""
    outcomes = controller.on_nodes(PROGRAM, ended)
    return {name: failure.message if failure is not None else "" for name, failure in outcomes.items()}


def health_of(controller: Controller, not_run: dict[str, str]) -> list[CheckedNode]:
    """Each node's verdict. One whose program could not be run, or that Slurm doesn't know, is unknown."""
    return [_checked(name, state, not_run.get(name, "")) for name, state in look_at_nodes(controller).states.items()]


def recorded_health(controller: RecordedController) -> list[CheckedNode]:
    """The same by the controller's record, which is a minute old at most. Raises NotReady where it has said nothing."""
    record = controller.cluster_record()
    if not record.applied:
        raise NotReady(f"{controller.controller_name} has told nothing of its nodes yet", "Status shows how far it is.")
    return [_recorded(name, record.word(name)) for name in controller.slurm_nodes]


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
        return _off(name, state.reason)
    if _COMING & set(state.flags):
        return _coming(name, state.words)
    if state.drained or state.down or not state.ready:
        return _sick(name, state.words, state.reason, state.reason_user)
    if not_run:
        return CheckedNode(name).not_known(f"the health program could not be run: {not_run}")
    return _fine(name, state.words)


def _recorded(name: str, word: NodeWord) -> CheckedNode:
    if word.state in UP:
        return _fine(name, word.state)
    if word.state in _OFF_WORDS:
        return _off(name, word.reason)
    if word.state == _COMING_WORD:
        return _coming(name, word.state)
    if word.state == "unknown":
        return CheckedNode(name).not_known("the controller doesn't know the node's state")
    return _sick(name, word.state, word.reason, "root" if word.reason.startswith(MARK) else None)


def _fine(name: str, words: str) -> CheckedNode:
    return CheckedNode(name, NodeHealth("healthy", (HealthCheck("slurm", "passed", words),)))


def _off(name: str, reason: str) -> CheckedNode:
    """A node that isn't on has nothing to check."""
    return CheckedNode(name, NodeHealth("skipped", (HealthCheck("slurm", "skipped", f"off: {reason}".rstrip(": ")),)))


def _coming(name: str, words: str) -> CheckedNode:
    return CheckedNode(name, NodeHealth("running", (HealthCheck("slurm", "running", words),)))


def _sick(name: str, words: str, given: str, user: str | None) -> CheckedNode:
    """`user` is who gave the reason, None where that isn't known: then nobody can say whose it is."""
    told = ": ".join(part for part in (words, given) if part)
    if user is not None:
        reason = judge_reason(given, user)
        told += f" ({_WHOSE[reason.whose]})" + (f"; {reason.advice}" if reason.advice else "")
    return CheckedNode(name, NodeHealth("unhealthy", (HealthCheck("slurm", "failed", told),)))
