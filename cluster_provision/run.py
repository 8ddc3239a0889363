"""A run: what its steps share, and how a list of steps is carried out."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from cluster_provision.result import StepResult, now
from cluster_provision.stage import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from cluster_provision.clouds.base import Machine
    from cluster_provision.console import Console, StepProgress
    from cluster_provision.fleet.model import Fleet
    from cluster_provision.interruption import Interruption
    from cluster_provision.result import Result
    from cluster_provision.settings import Settings
    from cluster_provision.state.base import StateFacts, StateStore
    from cluster_provision.targets.base import Remains, Target


@dataclass(frozen=True)
class Step:
    """A named step of an action; `do` may call `run.progress` to show how far it is.

    `each_place`: the step depends on the place, and is done anew where the next place is tried.
    `folded`: that it went well is worth no line, unless it took long.
    """

    name: str
    do: Callable[[Run], None]
    each_place: bool = False
    folded: bool = False


class Provisioner(Protocol):
    """How a cluster comes and goes. Each tuple of steps is the part of an action that depends on that."""

    @property
    def removes(self) -> str:
        """What is gone after Destroy, in a few words."""

    @property
    def ends(self) -> str:
        """What Destroy is for, after the word "to", in the last lines of Create."""

    @property
    def stays(self) -> str:
        """What an interrupted Create leaves, as the beginning of a sentence."""

    @property
    def state_title(self) -> str:
        """What lies at the state's address, in the last lines of Create."""

    @property
    def choose(self) -> tuple[Step, ...]:
        """Decides the place where the cluster is to be, for actions that make it or compare it with its settings."""

    @property
    def find(self) -> tuple[Step, ...]:
        """Finds the place where the cluster is, whatever the settings say by now."""

    @property
    def make(self) -> tuple[Step, ...]:
        """Makes the cluster, once preflight is passed: the part of Create before the target's stages."""

    @property
    def compare(self) -> tuple[Step, ...]:
        """Compares the cluster with its settings, and puts the changes into the result."""

    @property
    def foresee(self) -> tuple[Step, ...]:
        """Puts what `remove` would remove into the result."""

    @property
    def validate(self) -> tuple[Step, ...]:
        """Checks what can be checked without changing anything anywhere."""

    @property
    def prepare(self) -> tuple[Step, ...]:
        """Prepares everything and changes nothing, for a person to look around."""

    @property
    def remove(self) -> tuple[Step, ...]:
        """Removes what the state holds."""

    @property
    def began(self) -> bool:
        """Whether this run has begun to make things."""

    def has_place(self, run: Run) -> bool:
        """Whether there is a place for what a run leaves of itself, which this run may write to."""

    @property
    def run_id(self) -> str:
        """This run among others that are at work on the cluster; empty before it may take the lock."""

    def require_own(self, run: Run) -> None:
        """Raises StateLocked where another run has made or changed the cluster since this one did."""

    def rest(self, run: Run) -> None:
        """Nothing more is changed by this run: it lets go of its lock, and gives no more signs of life."""

    def facts_before_making(self, run: Run) -> StateFacts:
        """The facts that preflight goes by: without what is removed before anything is made."""

    def attempt(self, run: Run, steps: Callable[[], Iterable[Step]]) -> None:
        """Carry the steps out; where a place refuses, clean up and try the next one that the settings name."""

    def leftovers(self, run: Run) -> Remains:
        """Remove what belongs to the cluster and the state does not hold; returns what is still there or unknown."""

    def require_folder(self) -> None:
        """Raises SettingsError where clusters that are made so have no working folder, for Debug to show."""

    def folder(self) -> Path:
        """The run's working folder, once it is open."""

    def how_to_look_around(self) -> str:
        """What a person types in the working folder, for Debug."""

    def log(self) -> Path | None:
        """The log of this run, written to the end; None where there is none yet."""

    def close(self, run: Run, *, keep_folder: bool) -> None:
        """End the log; delete the working folder where it was made for this run."""


class Reach(Protocol):
    """What of a cluster can be reached from where the tool runs, for the last lines of Create."""

    def result(self, result: Result) -> Result:
        """The result with the ways that lead somewhere."""

    def actions(self) -> tuple[str, ...]:
        """The actions that can follow Create."""


class Everything:
    """All that the result names is there."""

    def result(self, result: Result) -> Result:
        """The result as it is."""
        return result

    def actions(self) -> tuple[str, ...]:
        """To get there, to look again, to end it."""
        return ("Connect", "Status", "Destroy")


class Run:
    """One action on one cluster. Steps fill in what later steps need; asking too early is a defect.

    `argument` is the action's own. `show` prints the action's text, or the whole result with OUTPUT=json: at the end,
    or before, where the run then stays; it prints once. `decided` is what preflight has decided, a value of the
    target's own type; None before. `started` and `done` are the steps so far. `hand_over_to` is the program that takes
    this one's place at the end, empty for none.
    """

    store: StateStore
    facts: StateFacts
    fleet: Fleet
    progress: StepProgress
    decided: Any = None
    hand_over_to: tuple[str, ...] = ()

    def __init__(
        self,
        argument: str,
        target: Target[Any],
        provisioner: Provisioner,
        console: Console,
        interruption: Interruption,
        result: Result,
        show: Callable[[str], None],
        reach: Reach | None = None,
    ) -> None:
        self.argument = argument
        self.target = target
        self.provisioner = provisioner
        self.console = console
        self.interruption = interruption
        self.result = result
        self.show = show
        self.reach: Reach = reach or Everything()
        self.environ = dict(os.environ)
        self.started: set[Step] = set()
        self.done: set[Step] = set()
        self._machines: list[Machine] = []
        result.cluster = target.cluster

    @property
    def settings(self) -> Settings:
        """The settings: the target holds the only copy."""
        return self.target.settings

    @property
    def site(self) -> Site:
        """What the target's stages and looks work with."""
        return Site(self.store, self.facts, self.result, self.progress, self.console.say, self._machines)

    def close(self, *, keep_folder: bool) -> None:
        """Let go of everything that this run holds."""
        self.target.close()
        self.provisioner.close(self, keep_folder=keep_folder)


def pending(run: Run, steps: Iterable[Step]) -> list[Step]:
    """The steps that are not done yet."""
    return [step for step in steps if step not in run.done]


def perform(run: Run, steps: Sequence[Step]) -> None:
    """Carry the steps out in order; the first failure ends the list."""
    for step in steps:
        at, started = now(), time.monotonic()
        ok = False
        run.started.add(step)
        try:
            with run.console.step(step.name, folded=step.folded) as run.progress:
                step.do(run)
            ok = True
            run.done.add(step)
        finally:
            seconds = round(time.monotonic() - started, 3)
            run.result.steps.append(StepResult(step.name, "ok" if ok else "failed", at, seconds))
