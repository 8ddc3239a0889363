"""The steps by which machines that exist already become a cluster: what is written down when, and what stops them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.errors import Leftovers, NodeSetupError, StateLocked, Unreachable
from cluster_provision.provisioners.ssh.outcome import failure_of, left_on, leftovers
from cluster_provision.provisioners.ssh.provisioner import SshProvisioner
from cluster_provision.slurm.plan import Plan
from cluster_provision.state.base import HeldInstance, Lock, StateFacts
from cluster_provision.targets.ssh_target import Applied, Wave
from tests.unit.state.kit import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.run import Step


class Kept(Store):
    """A store that also keeps machines, and takes the tool's own lock."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[str] = []

    def claim(self, label: str, zone: str, *, settled: bool) -> None:
        self.events.append("settled" if settled else "begun")

    def keep_machines(self, machines: dict[str, Any]) -> None:
        self.events.append(f"machines {' '.join(sorted(machines))}")

    def take_lock(self, lock: Lock) -> None:
        if self.held is not None:
            raise StateLocked(f"locked by {self.held.holder}")
        self.held = lock


@dataclass
class Target:
    """Machines that end as `outcomes` say; `events` are in the store's."""

    kept: Kept = field(default_factory=Kept)
    names: tuple[str, ...] = ("head", "node1")
    outcomes: dict[str, Applied] = field(default_factory=dict)
    cluster: Any = field(default_factory=lambda: SimpleNamespace(name="demo", label="abc123"))

    def store(self) -> Kept:
        return self.kept

    def begin(self, decided: object) -> None:
        self.kept.events.append("secrets")

    def members(self) -> dict[str, dict[str, Any]]:
        return {name: {"address": name} for name in self.names}

    def waves(self, decided: object) -> tuple[Wave, ...]:
        plans = {name: Plan("demo", name, ()) for name in self.names}
        rest = tuple(plan for name, plan in plans.items() if name != "head")
        return (Wave("controller", (plans["head"],)), Wave("nodes", rest))

    def apply(self, plans: Sequence[Plan], ended: Callable[[int, int], None]) -> list[Applied]:
        return self._each("apply", [plan.machine for plan in plans])

    def compare(self, plans: Sequence[Plan], ended: Callable[[int, int], None]) -> list[Applied]:
        return self._each("compare", [plan.machine for plan in plans])

    def give_back(self, names: Sequence[str], facts: StateFacts, ended: Callable[[int, int], None]) -> list[Applied]:
        return self._each("undo", names)

    def take_leave(self, names: Sequence[str], show: Callable[[str], None]) -> None:
        self.kept.events.append(f"drain {' '.join(names)}")

    def order_of_return(self, facts: StateFacts) -> tuple[tuple[str, ...], ...]:
        held = tuple(each.key for each in facts.instances)
        return (tuple(name for name in held if name != "head"), ("head",))

    def forget(self, names: Sequence[str], rest: dict[str, Any]) -> None:
        self.kept.events.append(f"forget {' '.join(names)}; rest {' '.join(sorted(rest))}")

    def forgotten(self) -> tuple[str, ...]:
        return ()

    def _each(self, what: str, names: Sequence[str]) -> list[Applied]:
        self.kept.events.append(f"{what} {' '.join(names)}")
        return [self.outcomes.get(name, Applied(name, changed=1)) for name in names]


class Tried:
    """A provisioner of the target, and a run of it; `said` are the lines that a user sees."""

    def __init__(self, target: Target, *held: str) -> None:
        self.target = target
        self.said: list[str] = []
        self.concluded: list[str] = []
        instances = tuple(HeldInstance("machine", name, {"address": name}) for name in held)
        progress = SimpleNamespace(
            update=lambda *_: None, conclude=self.concluded.append, had_nothing_to_do=self.concluded.append
        )
        self.run: Any = SimpleNamespace(
            target=target,
            environ={},
            decided=object(),
            progress=progress,
            facts=StateFacts(exists=bool(held), resources=len(held), instances=instances),
            result=SimpleNamespace(action="create", changes=None, checks=[]),
            console=SimpleNamespace(say=self.said.append),
        )
        self.provisioner = SshProvisioner(cast("Any", target))

    @property
    def events(self) -> list[str]:
        return self.target.kept.events

    def do(self, *steps: Step) -> None:
        try:
            for step in steps:
                step.do(self.run)
        finally:
            self.provisioner.rest(self.run)

    def create(self) -> None:
        self.do(*self.provisioner.make)

    def destroy(self) -> None:
        self.do(*self.provisioner.remove)


def test_create_writes_down_its_machines_before_it_changes_the_first() -> None:
    tried = Tried(Target())
    tried.create()
    assert tried.events == ["begun", "secrets", "machines head node1", "apply head", "apply node1"]
    assert tried.target.kept.held is None


def test_machines_are_counted_as_changed() -> None:
    tried = Tried(Target(names=("head", "node1", "node2")))
    tried.create()
    assert tried.run.result.changes.change == 3


def test_a_machine_that_fails_ends_create_before_the_next_wave() -> None:
    tried = Tried(Target(outcomes={"head": Applied("head", failed=("packages slurmctld: no space",))}))
    with pytest.raises(NodeSetupError, match="head could not be set up:\n  packages slurmctld: no space"):
        tried.create()
    assert tried.events[-1] == "apply head"


def test_machines_that_left_are_drained_first_and_given_back_last() -> None:
    tried = Tried(Target(), "head", "node1", "node9")
    tried.create()
    assert tried.events[2:4] == ["machines head node1 node9", "drain node9"]
    assert tried.events[-2:] == ["undo node9", "forget node9; rest head node1"]


def test_a_machine_that_left_and_is_off_stays_written_down_and_is_unknown() -> None:
    gone = {"node9": Applied("node9", error=Unreachable("node9 does not answer"))}
    tried = Tried(Target(outcomes=gone), "head", "node1", "node9")
    tried.create()
    assert tried.events[-1] == "forget ; rest head node1 node9"
    assert [(c.name, c.status) for c in tried.run.result.checks] == [("machines that leave", "unknown")]
    assert "Warning: node9 left the cluster, but: node9 does not answer" in tried.said


def test_destroy_gives_the_controller_back_last_and_forgets_each_as_it_goes() -> None:
    tried = Tried(Target(), "head", "node1")
    tried.destroy()
    assert tried.events == ["undo node1", "forget node1; rest head", "undo head", "forget node1 head; rest "]
    assert tried.run.result.changes.destroy == 2


def test_destroy_goes_on_with_the_others_where_one_is_off() -> None:
    tried = Tried(Target(outcomes={"node1": Applied("node1", error=Unreachable("node1 is off"))}), "head", "node1")
    tried.destroy()
    assert tried.events[-1] == "forget head; rest node1"
    assert [each.message for each in tried.provisioner.leftovers(tried.run).unseen] == ["node1 is off"]


def test_what_can_not_be_undone_is_told_and_its_machine_stays_written_down() -> None:
    tried = Tried(Target(outcomes={"node1": Applied("node1", failed=("mount /mnt: busy",))}), "head", "node1")
    with pytest.raises(NodeSetupError, match="node1 could not be given back:\n  mount /mnt: busy"):
        tried.destroy()
    assert tried.events[-1] == "forget head; rest node1"


def test_what_stays_on_purpose_is_a_leftover_and_kept_data_are_none() -> None:
    applied = Applied("node1", left=("file /a: edited",), kept=("folder /data: it holds data",))
    tried = Tried(Target(outcomes={"node1": applied}), "head", "node1")
    tried.destroy()
    remains = tried.provisioner.leftovers(tried.run)
    assert [each.name for each in remains.parted] == ["node1: file /a: edited"]
    assert "Kept on node1: folder /data: it holds data" in tried.said


def test_a_held_lock_keeps_create_from_writing_anything() -> None:
    target = Target()
    target.kept.held = Lock("you@there", "2026-11-30T12:00:00Z", "Create", "", "run-2")
    tried = Tried(target)
    with pytest.raises(StateLocked, match="locked by you@there"):
        tried.create()
    assert tried.events == [] and not tried.provisioner.began
    assert target.kept.held is not None


def test_plan_counts_new_machines_apart_from_those_that_are_in_the_cluster() -> None:
    tried = Tried(Target(names=("head", "node1", "node2")), "head", "node1", "node9")
    tried.do(*tried.provisioner.compare)
    changes = tried.run.result.changes
    assert (changes.add, changes.change, changes.destroy) == (1, 2, 1)
    assert tried.events == ["compare head node1 node2"]
    assert "node9 would leave the cluster and be given back" in tried.said


def test_plan_shows_each_machines_diff_and_validate_none() -> None:
    outcomes = {"node1": Applied("node1", changed=1, diff=("file /a: is made", "  +x"))}
    shown, hidden = Tried(Target(outcomes=outcomes)), Tried(Target(outcomes=outcomes))
    shown.do(*shown.provisioner.compare)
    hidden.do(*hidden.provisioner.validate)
    assert shown.said == ["node1:", "  file /a: is made", "    +x"]
    assert hidden.said == []


def test_a_run_has_a_place_for_its_artefacts_only_while_there_is_a_cluster() -> None:
    tried = Tried(Target())
    assert not tried.provisioner.has_place(tried.run)
    tried.create()
    assert tried.provisioner.has_place(tried.run)
    gone = Tried(Target(), "head")
    assert gone.provisioner.has_place(gone.run)
    gone.destroy()
    assert not gone.provisioner.has_place(gone.run)


# outcomes


def test_failures_of_several_machines_are_one_error_with_all_of_them() -> None:
    failure = failure_of(
        [Applied("a", failed=("x: no",)), Applied("b", error=Unreachable("b is off")), Applied("fine")]
    )
    assert failure is not None
    assert (
        "a could not be set up" in failure.message and "b is off" in failure.message and "fine" not in failure.message
    )


def test_without_a_failure_there_is_none() -> None:
    assert failure_of([Applied("a", changed=3)]) is None


def test_leftovers_name_their_machine() -> None:
    found = left_on([Applied("a", left=("file /x: edited",)), Applied("b")])
    assert [(each.kind, each.name) for each in found] == [("left on", "a: file /x: edited")]
    assert isinstance(leftovers(found), Leftovers)
