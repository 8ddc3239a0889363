"""Nodes that a person takes out of the cluster for a while, and puts back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import CommandFailed
from cluster_provision.orchestrators.slurm.nodes import look_at_nodes
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm.outputs.drain_reasons import LEAVE, judge_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.orchestrators.slurm.controller import Controller

REASON = "drained by hand with cluster-provision"


def drain(controller: Controller, nodes: Sequence[str]) -> str:
    """Have these nodes get no new jobs; those that run go on. Returns what was done."""
    seen = look_at_nodes(controller)
    out = [name for name in nodes if name in seen.drained]
    wanted = [name for name in nodes if name not in out]
    if wanted:
        _update(controller, wanted, "state=drain", f"reason={REASON}")
    told = f"{fold_hostlist(wanted)} gets no new jobs" if wanted else "nothing to do"
    kept = "".join(f"; {name} was drained already: {seen.drained[name]}" for name in out)
    return f"{told}{kept}. Jobs that run go on; `Undrain` puts nodes back."


def undrain(controller: Controller, nodes: Sequence[str]) -> str:
    """Put drained nodes back, but those whose reason the tool or another check looks after; returns what was done.

    Raises CommandFailed where one of the nodes was left so.
    """
    seen = look_at_nodes(controller)
    judged = {
        name: judge_reason(state.reason, state.reason_user)
        for name in nodes
        if name in seen.drained and (state := seen.states[name]) is not None
    }
    ours = {name: reason for name, reason in judged.items() if reason.undrain == LEAVE}
    wanted = [name for name in nodes if name in seen.drained and name not in ours]
    if wanted:
        _update(controller, wanted, "state=resume")
    told = f"{fold_hostlist(wanted)} gets jobs again" if wanted else "no node was put back"
    untouched = [name for name in nodes if name not in wanted and name not in ours]
    told += f"; not drained: {fold_hostlist(untouched)}" if untouched else ""
    if ours:
        lines = "\n".join(f"  {name}: {each.text} ({each.whose}): {each.advice}" for name, each in ours.items())
        raise CommandFailed(
            f"{told}; these stay drained, since they come back by themselves or others drain them again:\n{lines}",
            "Put right what the reason tells.",
        )
    return f"{told}."


def _update(controller: Controller, nodes: Sequence[str], *what: str) -> None:
    words = ("scontrol", "update", f"nodename={fold_hostlist(nodes)}", *what)
    controller.on_controller(words).required(controller.controller_name)
