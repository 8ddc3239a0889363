"""A run: what its steps share, and how a list of steps is carried out."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.result import StepResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.console import Console, StepProgress
    from cluster_provision.fleet.model import Fleet
    from cluster_provision.interruption import Interruption
    from cluster_provision.private import Private
    from cluster_provision.result import Result
    from cluster_provision.settings import Loaded
    from cluster_provision.state.base import StateFacts, StateStore
    from cluster_provision.state.files import Archive
    from cluster_provision.targets.base import Target
    from cluster_provision.terraform.environment import Providers
    from cluster_provision.terraform.log import Log
    from cluster_provision.terraform.runner import Terraform
    from cluster_provision.terraform.workspace import Workspace


class Run:
    """One action on one cluster. Steps fill in what later steps need; asking too early is a defect.

    `show` prints the action's text, or the whole result with OUTPUT=json: at the end, or before, where the run then
    stays; it prints once. `hand_over_to` is the program that takes this one's place at the end, empty for none.
    """

    store: StateStore
    facts: StateFacts
    providers: Providers
    workspace: Workspace
    private: Private
    log: Log
    terraform: Terraform
    archive: Archive | None = None
    samples: Archive | None = None
    former_zone: str = ""
    hand_over_to: tuple[str, ...] = ()
    fleet: Fleet
    progress: StepProgress

    def __init__(
        self,
        loaded: Loaded,
        target: Target,
        console: Console,
        interruption: Interruption,
        result: Result,
        show: Callable[[str], None],
    ) -> None:
        self.loaded = loaded
        self.settings = loaded.settings
        self.target = target
        self.console = console
        self.interruption = interruption
        self.result = result
        self.show = show
        self.environ = dict(os.environ)
        self.done: set[str] = set()
        result.cluster = target.cluster

    @property
    def leaves_region(self) -> bool:
        """Whether the cluster moves to another region, where all of it is made anew."""
        region_of = self.target.region_of
        return bool(self.former_zone) and region_of(self.former_zone) != region_of(self.target.zone)

    def close(self, *, keep_workspace: bool) -> None:
        """End the log; delete the working folder where it was made for this run and isn't needed any more."""
        self.target.close()
        if hasattr(self, "log"):
            self.log.close()
        if not hasattr(self, "workspace") or self.settings.work_dir is not None:
            return
        if keep_workspace:
            self.console.say(f"The rendered files and Terraform's log are in {self.workspace.folder}")
        else:
            shutil.rmtree(self.workspace.folder, ignore_errors=True)


@dataclass(frozen=True)
class Step:
    """A named step of an action; what it does may call `run.progress` to tell how far it is.

    `each_zone`: it depends on the zone, and is done anew where the next one is tried.
    """

    name: str
    do: Callable[[Run], None]
    each_zone: bool = False


def perform(run: Run, steps: Sequence[Step]) -> None:
    """Carry the steps out in order; the first failure ends the list."""
    for step in steps:
        started = time.monotonic()
        ok = False
        try:
            with run.console.step(step.name) as run.progress:
                step.do(run)
            ok = True
            run.done.add(step.name)
        finally:
            seconds = round(time.monotonic() - started, 3)
            run.result.steps.append(StepResult(step.name, "ok" if ok else "failed", seconds))
