"""What Slurm says of a node's power: off, starting, on or stopping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.outputs.drain_reasons import CAPACITY, MARK, OFF, OURS, judge_reason

if TYPE_CHECKING:
    from cluster_provision.slurm.outputs.node_states import NodeState

IS_OFF, STARTING, ON, STOPPING = "off", "powering-up", "on", "powering-down"


def phase_of(state: NodeState) -> str:
    """A node that is asked to go is on until Slurm has it go: its jobs may run."""
    flags = set(state.flags)
    if "powering_down" in flags:
        return STOPPING
    if flags & {"powering_up", "power_up"}:
        return STARTING
    if "powered_down" in flags:
        return IS_OFF
    return ON


def is_ours(state: NodeState, word: str = "") -> bool:
    """Whether its reason is the tool's own, of this word."""
    if judge_reason(state.reason, state.reason_user).whose != OURS:
        return False
    return not word or state.reason.removeprefix(MARK).startswith(f"{word}: ")


def is_nobodys(state: NodeState) -> bool:
    """Whether it is drained without a reason. scontrol demands one of a person; a slurmctld that was killed while the
    node powered up has the drain again that was undone before, and not its reason."""
    return state.drained and not state.reason


def is_anothers(state: NodeState) -> bool:
    """Whether somebody else took it out, so that its reason stays."""
    return state.drained and bool(state.reason) and not is_ours(state)


def off_reason(why: str) -> str:
    return f"{MARK}{OFF}: {why}"


def capacity_reason(code: str, seconds: float) -> str:
    return f"{MARK}{CAPACITY}: {code or 'the cloud refused'} (next try after {seconds:.0f} s)"


def word_of(state: NodeState) -> str:
    """The word of the record: off, powering-up, powering-down, idle, mixed, …"""
    phase = phase_of(state)
    if phase != ON:
        return phase
    if state.down:
        return "down" if state.base != "unknown" else "unknown"
    if "completing" in state.flags:
        return "completing"
    if state.drained:
        return "draining" if state.busy else "drained"
    return state.base if state.base in ("idle", "mixed", "allocated") else "unknown"
