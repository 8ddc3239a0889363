"""The part of Create that follows Terraform: what a target waits for and looks at, a named stage each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.errors import ProvisionError
    from cluster_provision.result import Result
    from cluster_provision.state.base import StateFacts, StateStore


class Progress(Protocol):
    """Where a stage tells how far it is."""

    def update(self, text: str, done: int | None = None, total: int | None = None) -> None:
        """Show what is waited for now."""

    def conclude(self, detail: str) -> None:
        """What to print behind the stage's name once it is over."""


class Watch(Protocol):
    """Looks at a cluster while Terraform makes it."""

    def glance(self, elapsed: float) -> None:
        """Tell what is in the way, `elapsed` seconds after Terraform began.

        Raises the error of what has been there for too long: Terraform is stopped then, in its own way.
        """

    def explain(self, failure: ProvisionError) -> ProvisionError:
        """The failure that Terraform ended with, or one that says more."""


@dataclass(frozen=True)
class Site:
    """What a stage works with: the `facts` of before Terraform ran, the `result` to fill in, and ways to tell."""

    store: StateStore
    facts: StateFacts
    result: Result
    progress: Progress
    say: Callable[[str], None]


@dataclass(frozen=True)
class Stage:
    """A named stage. `do` raises the error that ends the run."""

    name: str
    do: Callable[[Site], None]
