"""What is to be done with the nodes: a pure function of Slurm's states, the cloud's machines, and what is kept.

Slurm itself says what should be there (a node that is powering up should have a machine, one that is off none), and
keeps it on its own disk. So whatever kills this program, the next look comes to the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cluster_provision.slurm.outputs.drain_reasons import CAPACITY, MARK, OFF
from node.slurm_power.cloud import DELETING, FAILED, STOPPED, Instance
from node.slurm_power.intervals import ORDINARY, Intervals
from node.slurm_power.kept import Hold
from node.slurm_power.phases import (
    IS_OFF,
    ON,
    STARTING,
    STOPPING,
    capacity_reason,
    is_anothers,
    is_nobodys,
    is_ours,
    off_reason,
    phase_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cluster_provision.slurm.cloud import CloudCluster, Pool
    from cluster_provision.slurm.outputs.node_states import NodeState
    from node.slurm_power.kept import Kept, Request

NEVER_JOINED = "ResumeTimeout reached"
NOT_RESUMED, SUSPENDED = "not resumed", "suspended"


@dataclass
class Todo:
    """What to do, in this order: updates of Slurm's, deletions, creations, and updates that come after them."""

    updates: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    """Nodes, and arguments of `scontrol update nodename=…`."""
    deletions: list[Instance] = field(default_factory=list)
    creations: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    """Nodes that are taken down → why, for the jobs that lose them."""

    def update(self, nodes: Sequence[str], *arguments: str) -> None:
        if nodes:
            self.updates.append((tuple(nodes), arguments))


@dataclass(frozen=True)
class Look:
    """What one look goes by, and what it decides, in `todo`. `instances` is None where the cloud couldn't be looked at:
    then nothing is said to be missing, and nothing is made twice."""

    cluster: CloudCluster
    states: Mapping[str, NodeState]
    instances: Sequence[Instance] | None
    kept: Kept
    now: float
    intervals: Intervals = ORDINARY
    todo: Todo = field(default_factory=Todo)

    @cached_property
    def phases(self) -> dict[str, str]:
        """Each node's phase, as Slurm has it."""
        return {name: phase_of(state) for name, state in self.states.items()}

    @cached_property
    def machines(self) -> dict[str, Instance]:
        """The machines that are a node's, by its name."""
        return {each.node: each for each in self.instances or () if each.node}

    def hold(self, pool: Pool) -> Hold | None:
        """The hold in which nothing of the pool is made now."""
        hold = self.kept.holds.get(pool.name)
        return hold if hold and hold.until > self.now else None


def note_requests(cluster: CloudCluster, kept: Kept, asked: Sequence[Request]) -> None:
    """Note what people ask for, and where the first Create's number of nodes was raised."""
    for pool in cluster.pools:
        raised = set(pool.nodes[kept.raised.get(pool.name, 0) : pool.on])
        kept.wanted |= raised
        kept.resumed |= raised
        kept.raised[pool.name] = pool.on
    for request in asked:
        nodes = set(request.nodes)
        if request.do == "resume":
            kept.wanted |= nodes
            kept.resumed |= nodes
            kept.leaving -= nodes
            kept.forced -= nodes
        else:
            kept.wanted -= nodes
            kept.resumed -= nodes
            kept.leaving |= nodes
            kept.forced |= nodes if request.force else set()
    known = set(cluster.nodes)
    for names in (kept.wanted, kept.resumed, kept.leaving, kept.forced, kept.back, kept.ahead):
        names.intersection_update(known)


def decide(look: Look) -> Todo:
    """Return what to do, which is the look's `todo`; changes what is kept."""
    sees = look.instances is not None
    if sees:
        _come_by_themselves(look)
    _settle(look)
    for pool in look.cluster.pools:
        nodes = [name for name in pool.nodes if name in look.states]
        if sees:
            _failures(look, pool, nodes)
        _leave(look, nodes)
        _start(look, nodes, look.hold(pool))
        if sees:
            _machines(look, nodes)
    if sees:
        _strays(look)
    return look.todo


def fail(look: Look, pool: Pool, nodes: Sequence[str], code: str, message: str) -> None:
    """Take nodes down that the cloud doesn't give, have their jobs wait again, and try none of the pool for a while.

    Where the pool's machines belong together, with them all others of it that start.
    """
    phases, kept, todo, now, intervals = look.phases, look.kept, look.todo, look.now, look.intervals
    starting = [name for name in pool.nodes if pool.together and phases.get(name) == STARTING]
    nodes = sorted({*nodes, *starting} - kept.back)
    if not nodes:
        return
    before = kept.holds.get(pool.name)
    if not before or before.until <= now:
        seconds = min(before.seconds * 2, intervals.longest_hold) if before else intervals.hold
        kept.holds[pool.name] = Hold(now + seconds, seconds, code, message)
    reason = capacity_reason(code, kept.holds[pool.name].seconds)
    todo.update(nodes, "state=down", f"reason={reason}")
    todo.update(nodes, "state=power_down")
    todo.creations = [name for name in todo.creations if name not in nodes]
    for waiting in kept.unnamed.values():
        waiting[:] = [name for name in waiting if name not in nodes]
    for name in nodes:
        kept.back.add(name)
        kept.asked.pop(name, None)
        kept.ahead.discard(name)
        kept.problems[name] = [code, message]
        todo.told[name] = f"{reason} {message}".strip()


def _settle(look: Look) -> None:
    """Take note of what has come to its end since the last look."""
    states, phases, kept = look.states, look.phases, look.kept
    for waiting in kept.unnamed.values():
        waiting[:] = [name for name in waiting if phases.get(name) != IS_OFF or name in kept.ahead]
    for name, phase in phases.items():
        if phase == STOPPING and name not in kept.back | kept.leaving | kept.resumed:
            kept.wanted.discard(name)  # a person, or Slurm itself after idleness, took it down
        if phase != STOPPING and "power_down" not in states[name].flags:
            kept.resumed.discard(name)  # the end of it that its resume has outlived is over
            kept.back.discard(name)  # it is off, or Slurm never heard that it is to go: then that is said again
        if phase == IS_OFF:
            kept.leaving.discard(name)
            kept.forced.discard(name)
        if phase in (IS_OFF, STOPPING) and name not in kept.ahead:
            kept.asked.pop(name, None)
    for pool in look.cluster.pools:
        for name in [n for n in pool.nodes if phases.get(n) == ON and n in kept.asked and not states[n].down]:
            asked, hold = kept.asked.pop(name), kept.holds.get(pool.name)
            kept.problems.pop(name, None)
            if hold and asked > hold.until - hold.seconds:
                del kept.holds[pool.name]  # what the cloud refused before, it has given since


def _come_by_themselves(look: Look) -> None:
    """Nodes whose machine was ordered ahead: those that are there, and those that are started as any other now."""
    kept, phases = look.kept, look.phases
    for name in sorted(kept.ahead):
        machine, since = look.machines.get(name), look.now - kept.asked.get(name, 0.0)
        lost = (not machine and since >= look.intervals.shows) or (machine and machine.state in (FAILED, STOPPED))
        late = since >= look.intervals.ahead or phases.get(name) in (STARTING, STOPPING)
        if name in kept.wanted and phases.get(name) == IS_OFF and not lost and not late:
            continue
        kept.ahead.remove(name)
        if late and machine and machine.state != DELETING and phases.get(name) != ON:
            look.todo.deletions.append(machine)  # Slurm would wait for a later start of it
            kept.asked.pop(name, None)


def _failures(look: Look, pool: Pool, nodes: Sequence[str]) -> None:
    """Nodes whose machine doesn't come, is gone, or never joined."""
    states, phases, kept, todo = look.states, look.phases, look.kept, look.todo
    refused: dict[tuple[str, str], list[str]] = {}
    for name in nodes:
        machine, state = look.machines.get(name), states[name]
        if phases[name] == STARTING and machine and machine.state == FAILED:
            refused.setdefault((machine.code, machine.message), []).append(name)
        elif phases[name] == STARTING and machine and machine.state == STOPPED:
            refused.setdefault(("STOPPED", "the cloud took the machine away before it had joined"), []).append(name)
        elif phases[name] == ON and state.base == "down" and state.reason.startswith(NEVER_JOINED):
            refused.setdefault(("NEVER_JOINED", f"{name} did not join in time; its record says why"), []).append(name)
        elif phases[name] == ON and state.base == "down" and is_ours(state, CAPACITY) and name not in kept.back:
            if "power_down" not in state.flags:  # we were cut off between the two updates
                todo.update([name], "state=power_down")
                kept.back.add(name)
        elif phases[name] == ON and name not in kept.back:
            _gone(look, name)
    for (code, message), names in refused.items():
        fail(look, pool, names, code, message)


def _gone(look: Look, name: str) -> None:
    """A node whose machine the cloud took away: a spot machine, or one that somebody deleted."""
    kept, todo, machine = look.kept, look.todo, look.machines.get(name)
    if machine and machine.state not in (STOPPED, DELETING):
        kept.missing.pop(name, None)
        return
    since = kept.missing.setdefault(name, look.now)
    if machine or look.now - since >= look.intervals.ghost:
        reason = f"{MARK}{CAPACITY}: its machine is gone"
        todo.update([name], "state=down", f"reason={reason}")
        todo.update([name], "state=power_down")
        kept.back.add(name)
        kept.missing.pop(name, None)
        todo.told[name] = reason


def _leave(look: Look, nodes: Sequence[str]) -> None:
    """Nodes that are to go: drained, and down once no job is on them."""
    states, phases, kept, todo = look.states, look.phases, look.kept, look.todo
    here = [name for name in nodes if phases[name] in (ON, STARTING)]
    forced = [name for name in here if name in kept.forced]
    going = [name for name in here if name in kept.leaving and name not in kept.forced]
    # Drained by a hold, a node may come all the same: slurmctld, killed, had forgotten that it had started it.
    held = [n for n in here if is_ours(states[n], CAPACITY) and not states[n].down and n not in kept.back]
    ours = [n for n in here if is_ours(states[n], OFF) or is_nobodys(states[n]) or n in held]
    draining = [n for n in ours if n not in kept.leaving]
    back = [name for name in draining if name in kept.wanted]
    going += [name for name in draining if name not in kept.wanted]
    todo.update(back, "state=resume")
    undrained = [name for name in (*going, *forced) if not states[name].drained]
    todo.update(undrained, "state=drain", f"reason={off_reason(SUSPENDED)}")
    idle = [name for name in going if not states[name].busy and name not in kept.back]
    todo.update([n for n in idle if phases[n] == ON and "power_down" not in states[n].flags], "state=power_down")
    # A node that starts would wait for its end: 22.05 notes power_down, and goes on waiting for the machine.
    todo.update([*forced, *(n for n in idle if phases[n] == STARTING)], "state=power_down_force")


def _start(look: Look, nodes: Sequence[str], hold: Hold | None) -> None:
    """Nodes that are off: those that should be on are started, and those that stay off say why."""
    states, phases, kept, todo = look.states, look.phases, look.kept, look.todo
    off = [name for name in nodes if phases[name] == IS_OFF and name not in kept.ahead]
    ours = [name for name in off if states[name].drained and not is_anothers(states[name])]
    free = [name for name in off if not states[name].drained]
    if hold:
        reason = capacity_reason(hold.code, hold.seconds)
        held = [n for n in off if n in free or (n in ours and not is_ours(states[n], CAPACITY))]
        todo.update(held, "state=drain", f"reason={reason}")
        return
    starting = [name for name in off if name in kept.wanted]
    todo.update([name for name in starting if name in ours], "state=resume")
    todo.update(starting, "state=power_up")
    others = [name for name in off if name not in kept.wanted]
    if look.cluster.suspend_time is not None:
        todo.update([name for name in others if name in ours], "state=resume")
        return
    reason = off_reason(NOT_RESUMED)
    wrong = [n for n in others if n in free or (n in ours and not is_ours(states[n], OFF))]
    todo.update(wrong, "state=drain", f"reason={reason}")


def _machines(look: Look, nodes: Sequence[str]) -> None:
    """Machines for nodes that start, and none for nodes that stop."""
    phases, kept, todo = look.phases, look.kept, look.todo
    for name in nodes:
        machine = look.machines.get(name)
        if phases[name] == STOPPING and machine and machine.state != DELETING:
            todo.deletions.append(machine)
        shown = look.now - kept.asked.get(name, 0.0) >= look.intervals.shows
        if phases[name] == STARTING and not machine and name not in kept.back and shown:
            todo.creations.append(name)


def _strays(look: Look) -> None:
    """Machines that nobody asked for: of a node that is off, or of none."""
    kept, phases = look.kept, look.phases
    there = [e for e in look.instances or () if e.state != DELETING and e.node not in kept.ahead]
    strays = [e for e in there if not e.node or phases.get(e.node, IS_OFF) == IS_OFF]
    kept.strays = {each.key: kept.strays.get(each.key, look.now) for each in strays}
    look.todo.deletions += [each for each in strays if look.now - kept.strays[each.key] >= look.intervals.orphan]
