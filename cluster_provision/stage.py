"""A stage of a cluster: Create waits until it is reached, Status looks at how it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.clouds.base import Machine
    from cluster_provision.errors import ProvisionError
    from cluster_provision.node import Node
    from cluster_provision.result import Result
    from cluster_provision.state.base import StateFacts, StateStore


class Progress(Protocol):
    """Where a stage shows how far it is."""

    def update(self, text: str, done: int | None = None, total: int | None = None, nodes: Sequence[Node] = ()) -> None:
        """Show what the stage waits for now, and of which nodes."""

    def conclude(self, detail: str) -> None:
        """Set what is printed behind the stage's name once it is over."""


@dataclass(frozen=True)
class Site:
    """What a stage works with: the `facts` of before the cluster was made, the `result` to fill in, and ways to report.

    `machines` are those that the last listing found, beside the result's nodes; a stage lists them anew only where it
    waits for a change.
    """

    store: StateStore
    facts: StateFacts
    result: Result
    progress: Progress
    say: Callable[[str], None]
    machines: list[Machine]

    def note(self, machines: Sequence[Machine], nodes: Sequence[Node]) -> None:
        """Keep a listing for the stages that follow."""
        self.machines[:] = machines
        self.result.nodes = list(nodes)


@dataclass(frozen=True)
class Stage:
    """A named stage.

    `wait` returns once the stage is reached, and raises the error that ends the run; None where Create has nothing to
    wait for. `look` adds its checks to the result and returns what is not as it should be; None where one look can't
    tell, and then `no_look` says why. `folded`: that it went well is worth no line.
    """

    name: str
    wait: Callable[[Site], None] | None
    look: Callable[[Site], ProvisionError | None] | None
    no_look: str = ""
    folded: bool = False


def look_at(stages: Sequence[Stage], site: Site) -> ProvisionError | None:
    """Look at every stage; returns the first failure."""
    failures = [stage.look(site) for stage in stages if stage.look is not None]
    return next((failure for failure in failures if failure), None)
