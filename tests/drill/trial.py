"""One trial of a drill, and how it ended. Every part of the drill is a module with `trials`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """How a trial ended: `what` is one line of what it did and saw. The rest should be empty, but for `kills`.

    `kills` counts what was ended on purpose, a process or all of them; `hands` the commands that a person had to give.
    """

    what: str
    kills: int = 0
    hands: int = 0
    leaks: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    tracebacks: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that should not have been, a line each."""
        told = {"left": self.leaks, "locked": self.locks, "traceback": self.tracebacks, "secret": self.secrets}
        lines = [f"{kind}: {line}" for kind, all_of in told.items() for line in all_of]
        return (*lines, *self.wrong, *([f"hands needed: {self.hands}"] if self.hands else []))


@dataclass(frozen=True)
class Trial:
    """Something to try: `act` does it in an empty folder. `name` says what, and repeats it with the same seed."""

    part: str
    name: str
    act: Callable[[Path], Outcome]


class Part(Protocol):
    """A part of the drill."""

    def __call__(self, seed: int, *, short: bool) -> Iterator[Trial]:
        """Yield the trials that this seed leads to; a bounded number where `short`, else without an end or all."""
