"""The SSH provisioner: the steps by which machines that exist already become a cluster, and are given back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import SettingsError
from cluster_provision.number_of import number_of
from cluster_provision.provisioners.ssh.outcome import GIVEN_BACK, failure_of, left_on, tally
from cluster_provision.provisioners.ssh.own_lock import OwnLock
from cluster_provision.result import Changes, Check, PlannedChange
from cluster_provision.run import Step, perform
from cluster_provision.targets.base import Remains

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from cluster_provision.result import Leftover
    from cluster_provision.run import Run
    from cluster_provision.state.base import StateFacts
    from cluster_provision.targets.ssh_target import Applied, SshTarget

WAVES = ("storage", "controller", "nodes", "login nodes")
"""Who is set up after whom: the target's waves have these names."""


class SshProvisioner:
    """One run's; it fulfils `Provisioner` for targets of machines that exist already."""

    removes = "its machines are given back as they were, and the state is deleted"
    ends = "give its machines back"
    stays = "What was changed on the machines stays so"
    state_title = "The cluster's state, which root alone can read"

    def __init__(self, target: SshTarget[Any]) -> None:
        self._target = target
        self._lock: OwnLock | None = None
        self._began = False
        self._gives_back = False
        self._left: list[Leftover] = []
        self._unseen: list[Any] = []
        self.choose: tuple[Step, ...] = ()
        self.find: tuple[Step, ...] = ()
        self.make = (
            Step("members", self._note_members),
            *(Step(name, partial(self._set_up, name)) for name in WAVES),
            Step("machines that leave", self._part_with_those_that_left),
        )
        self.compare = (Step("compare", partial(self._compare, shown=True)),)
        self.validate = (Step("compare", partial(self._compare, shown=False)),)
        self.prepare = self.validate
        self.foresee = (Step("machines", _foresee),)
        self.remove = (Step("give back", self._give_back),)

    @property
    def began(self) -> bool:
        """Whether this run has begun to change machines."""
        return self._began

    def has_place(self, run: Run) -> bool:
        """From when machines are changed until they are given back: before and after, nothing is written there."""
        return (self._began or run.facts.exists) and not self._gives_back

    @property
    def run_id(self) -> str:
        """This run among others; empty before it may take the lock."""
        return self._lock.identity.run if self._lock is not None else ""

    def require_own(self, run: Run) -> None:
        """Raises StateLocked where another run has taken the lock since."""
        if self._lock is not None:
            self._lock.require()

    def rest(self, run: Run) -> None:
        """Release the lock: nothing more is changed."""
        if self._lock is not None:
            self._lock.release()

    def facts_before_making(self, run: Run) -> StateFacts:
        """The facts as they are: machines that exist stay where they are."""
        return run.facts

    def attempt(self, run: Run, steps: Callable[[], Iterable[Step]]) -> None:
        """Carry the steps out; there is one place only. The lock is free again at their end."""
        try:
            for step in steps():
                perform(run, (step,))
            self._target.store().claim(self._target.cluster.label, "", settled=True)
        finally:
            self.rest(run)

    def leftovers(self, run: Run) -> Remains:
        """What the machines kept when they were given back, and those that could not be reached.

        Where the state knew of no machine, those of the settings are asked: the controller may have been made anew.
        """
        if not run.facts.resources and (names := self._target.forgotten()):
            run.console.say(f"The state doesn't know of them, but these are in the cluster: {', '.join(names)}")
            self._take_lock(run)
            self._undo(run, [names])
        return Remains((), tuple(self._unseen), tuple(self._left))

    def require_folder(self) -> None:
        """There is none. Raises SettingsError: Debug has nothing to show."""
        raise SettingsError(
            ("Debug is not on CLOUD=existing: it shows Terraform's files, and machines that exist already have none",),
            "Plan shows for each machine what would be changed on it.",
            where="",
        )

    def folder(self) -> Path:
        """There is no working folder. Raises SettingsError."""
        self.require_folder()
        raise AssertionError

    def how_to_look_around(self) -> str:
        """Nothing to type."""
        return ""

    def log(self) -> Path | None:
        """No log beside what is printed."""
        return None

    def close(self, run: Run, *, keep_folder: bool) -> None:
        """Let go of the lock."""
        self.rest(run)

    # the steps

    def _take_lock(self, run: Run) -> OwnLock:
        if self._lock is None:
            self._lock = OwnLock(run, self._target.store())
        self._lock.take()
        return self._lock

    def _note_members(self, run: Run) -> None:
        """Take the lock, mark the place, and write down which machines are changed from now on."""
        self._take_lock(run)
        store = self._target.store()
        self._began = True
        store.claim(self._target.cluster.label, "", settled=False)
        self._target.begin(run.decided)
        members = self._target.members()
        former = {each.key: each.attributes for each in run.facts.instances}
        store.keep_machines({**former, **members})
        leaving = [name for name in former if name not in members]
        if leaving:
            self._target.take_leave(leaving, run.progress.update)
        run.progress.conclude(
            number_of(len(members), "machine") + (f", {len(leaving)} to be given back" if leaving else "")
        )

    def _set_up(self, name: str, run: Run) -> None:
        self._require_lock()
        plans = next((wave.plans for wave in self._target.waves(run.decided) if wave.name == name), ())
        applied = self._target.apply(plans, partial(_count, run)) if plans else []
        self._add_up(run, applied)
        if failure := failure_of(applied):
            raise failure
        if applied:
            run.progress.conclude(tally(applied))
        else:
            run.progress.had_nothing_to_do("no other machines")

    def _part_with_those_that_left(self, run: Run) -> None:
        """Give back the machines that the settings name no more. One that can't be reached stays written down."""
        self._require_lock()
        members = self._target.members()
        leaving = tuple(each.key for each in run.facts.instances if each.key not in members)
        if not leaving:
            run.progress.had_nothing_to_do("none")
            return
        applied = self._target.give_back(leaving, run.facts, partial(_count, run))
        self._add_up(run, applied)
        gone = self._forget(run, applied, members)
        for each in applied:
            for line in (*each.failed, *each.left, *([each.error.message] if each.error else [])):
                run.console.say(f"Warning: {each.machine} left the cluster, but: {line}")
            if each.machine not in gone:
                run.result.checks.append(Check("machines that leave", "unknown", f"{each.machine} is not given back"))
        run.progress.conclude(f"{len(gone)} of {len(leaving)} given back")

    def _compare(self, run: Run, *, shown: bool) -> None:
        plans = [plan for wave in self._target.waves(run.decided) for plan in wave.plans]
        applied = self._target.compare(plans, partial(_count, run))
        known = {each.key for each in run.facts.instances}
        leaving = known - self._target.members().keys()
        add = sum(each.changed for each in applied if each.machine not in known)
        change = sum(each.changed for each in applied if each.machine in known)
        run.result.changes = Changes(add, change, len(leaving))
        run.result.plan = _planned(applied, known, leaving)
        if failure := failure_of(applied):
            raise failure
        for each in applied if shown else ():
            if each.diff:
                run.console.say(f"{each.machine}:")
                for line in each.diff:
                    run.console.say(f"  {line}")
        for name in sorted(leaving):
            run.console.say(f"{name} would leave the cluster and be given back")
        run.progress.conclude(to_change(applied))

    def _give_back(self, run: Run) -> None:
        """Undo on all machines, those that others need last; what they keep is told as left."""
        self._gives_back = True
        self._take_lock(run)
        self._undo(run, self._target.order_of_return(run.facts))

    def _undo(self, run: Run, groups: Iterable[tuple[str, ...]]) -> None:
        applied: list[Applied] = []
        for names in groups:
            self._require_lock()
            applied += self._target.give_back(names, run.facts, partial(_count, run))
            self._forget(run, applied, {})
        self._add_up(run, applied, removing=True)
        self._left = left_on(applied)
        for each in applied:
            for line in each.kept:
                run.console.say(f"Kept on {each.machine}: {line}")
        self._unseen = [each.error for each in applied if each.error is not None]
        failed = [each for each in applied if each.failed]
        if failed and (failure := failure_of(failed, GIVEN_BACK)):
            raise failure
        self.rest(run)  # what follows may be another run's to do
        run.progress.conclude(tally(applied).replace("changed", "undone", 1))

    def _forget(self, run: Run, applied: Iterable[Applied], members: dict[str, Any]) -> tuple[str, ...]:
        """Write down that those that are given back are in the cluster no more, but these `members`; returns which."""
        gone = tuple(each.machine for each in applied if each.error is None and not each.failed)
        held = {each.key: each.attributes for each in run.facts.instances if each.key not in gone}
        self._target.forget(gone, {**held, **members})
        return gone

    def _require_lock(self) -> None:
        if self._lock is not None:
            self._lock.require()

    @staticmethod
    def _add_up(run: Run, applied: list[Applied], *, removing: bool = False) -> None:
        before = run.result.changes or Changes()
        more = sum(each.changed for each in applied)
        if removing:
            run.result.changes = Changes(before.add, before.change, before.destroy + more)
        else:
            run.result.changes = Changes(before.add, before.change + more, before.destroy)


def _foresee(run: Run) -> None:
    """All machines that the state knows of are given back."""
    run.result.plan = tuple(PlannedChange("destroy", "machine", each.key) for each in run.facts.instances)
    run.result.changes = Changes(destroy=len(run.result.plan))
    run.progress.conclude(f"{number_of(len(run.result.plan), 'machine')} would be given back")


def _planned(applied: list[Applied], known: set[str], leaving: set[str]) -> tuple[PlannedChange, ...]:
    """What would become of each machine, as far as anything would."""
    changed = [each.machine for each in applied if each.changed]
    return (
        *(PlannedChange("change" if name in known else "create", "machine", name) for name in changed),
        *(PlannedChange("destroy", "machine", name) for name in sorted(leaving)),
    )


def _count(run: Run, done: int, total: int) -> None:
    run.progress.update("machines", done, total)


def to_change(applied: list[Applied]) -> str:
    """How much would be changed, on how many machines."""
    return tally(applied).replace("changed", "to change", 1)
