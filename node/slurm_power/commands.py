"""What a person asks for: looked at, noted and said at once; the work itself is the watch's (node/slurm_cloud)."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.settings.reading import BadValue
from node.slurm_cloud.place import ROOT
from node.slurm_power import slurm
from node.slurm_power.costs import hourly, on_now
from node.slurm_power.decide import note_requests
from node.slurm_power.kept import Request, ask, read_kept, requests
from node.slurm_power.names import read_nodes_of
from node.slurm_power.phases import IS_OFF, ON, STARTING, STOPPING, is_anothers, is_ours, phase_of
from node.slurm_power.shown import shown_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cluster_provision.slurm.cloud import CloudCluster
    from cluster_provision.slurm.outputs.node_states import NodeState
    from node.slurm_power.kept import Kept

OK, FAILED, USAGE, TOO_DEAR = 0, 1, 2, 18
POKE = f"{ROOT}/run/cluster-slurm/poke"
"""slurmctld's programs, which run as slurm, touch it, and the watch has the power program look at once."""


def resume(cluster: CloudCluster, text: str, say: Callable[[str], None]) -> int:
    """All of them, or none where a name is wrong or it would cost too much."""
    try:
        named = read_nodes_of(cluster, text)
    except BadValue as bad:
        return _refuse(text, bad.reasons, say)
    if named.problems:
        return _refuse(text, (*named.problems, "nothing was started"), say)
    states = slurm.node_states()
    off = _of(named.nodes, states, IS_OFF, STOPPING)
    on = on_now(states) | set(off)
    if cluster.max_hourly_cost is not None and off and hourly(cluster, on) > cluster.max_hourly_cost:
        say(
            f"{fold_hostlist(off)}: not started: with them the cluster would cost {hourly(cluster, on):.2f} dollars an "
            f"hour, and MAX_HOURLY_COST is {cluster.max_hourly_cost:.2f}; suspend others first, or raise it and Create"
        )
        return TOO_DEAR
    kept = _kept_now(cluster)
    here = _of(named.nodes, states, ON, STARTING)
    leaving = [n for n in here if n in kept.leaving or (phase_of(states[n]) == ON and is_ours(states[n]))]
    if off or leaving:
        ask(Request("resume", named.nodes))
        poke()
    for nodes, what in (
        (off, "started"),
        ([n for n in _of(named.nodes, states, STARTING) if n not in leaving], "starting already"),
        (leaving, "stays on"),
        ([n for n in _of(named.nodes, states, ON) if n not in leaving and not is_anothers(states[n])], "on already"),
    ):
        if nodes:
            say(f"{fold_hostlist(nodes)}: {what}")
    _say_drained([n for n in named.nodes if n in states and is_anothers(states[n])], states, say)
    _say_holds(cluster, off, say)
    if not off and not leaving:
        say("nothing to do")
    return OK


def suspend(cluster: CloudCluster, text: str, say: Callable[[str], None], *, force: bool = False) -> int:
    """Those that exist; the others are named, and the end is a failure."""
    try:
        named = read_nodes_of(cluster, text)
    except BadValue as bad:
        return _refuse(text, bad.reasons, say)
    states = slurm.node_states()
    here = _of(named.nodes, states, ON, STARTING)
    busy = [name for name in here if states[name].busy and not force]
    kept = _kept_now(cluster)
    coming = [n for n in _of(named.nodes, states, IS_OFF, STOPPING) if n in kept.wanted]
    if here or coming:
        ask(Request("suspend", (*here, *coming), force))
        poke()
    for nodes, what in (
        ([name for name in here if name not in busy], "goes now"),
        (busy, "has jobs: it gets no new ones, and goes when they have ended (--force ends them)"),
        (coming, "was to come, and stays off"),
        ([n for n in _of(named.nodes, states, STOPPING) if n not in coming], "going already"),
        ([n for n in _of(named.nodes, states, IS_OFF) if n not in coming], "off already"),
    ):
        if nodes:
            say(f"{fold_hostlist(nodes)}: {what}")
    if not here and not coming and named.nodes:
        say("nothing to do")
    return _refuse(text, named.problems, say) if named.problems else OK


def list_nodes(cluster: CloudCluster, say: Callable[[str], None]) -> int:
    """A line for each kind of nodes."""
    rows = shown_nodes(cluster.nodes, slurm.node_states(), read_kept())
    width = max(len(each["names"]) for each in rows) if rows else 0
    for each in rows:
        say(f"{each['names']:<{width}}  {each['state']:<13}  {each['reason']}".rstrip())
    _say_holds(cluster, cluster.nodes, say)
    return OK


def poke() -> None:
    """Have the watch look at once."""
    with suppress(OSError):
        Path(POKE).touch()


def _kept_now(cluster: CloudCluster) -> Kept:
    """What is kept, with what was asked for and isn't noted yet. In this order: what is noted meanwhile is in both."""
    asked = tuple(requests().values())
    kept = read_kept()
    note_requests(cluster, kept, asked)
    return kept


def _of(names: Sequence[str], states: Mapping[str, NodeState], *phases: str) -> list[str]:
    return [name for name in names if name in states and phase_of(states[name]) in phases]


def _refuse(text: str, reasons: Sequence[str], say: Callable[[str], None]) -> int:
    for reason in reasons:
        say(f"{text or 'the list of nodes'}: {reason}")
    return USAGE


def _say_drained(names: Sequence[str], states: Mapping[str, NodeState], say: Callable[[str], None]) -> None:
    for name in names:
        say(f"{name}: drained by {states[name].reason_user or 'somebody'}: {states[name].reason}; that stays")


def _say_holds(cluster: CloudCluster, nodes: Sequence[str], say: Callable[[str], None]) -> None:
    holds, now = read_kept().holds, time.time()
    for pool in cluster.pools:
        hold = holds.get(pool.name)
        if hold and hold.until > now and set(nodes) & set(pool.nodes):
            left = hold.until - now
            say(f"{pool.name}: the cloud refused ({hold.code}); tried again in {left:.0f} s. {hold.message}")
