"""Polls with a limit: quickly while something changes, slowly while nothing does."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Protocol

from cluster_provision.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cluster_provision.node import Node

FIRST_SECONDS = 0.1
GROWTH = 1.25
LONGEST_SECONDS = 5.0

OUTAGE_SECONDS = 600.0
"""The longest time without any answer: a cluster that works for hours outlives minutes without a network."""


class Tell(Protocol):
    """Shows what the wait is for, with `done` of `total` where it can be counted, and the nodes that it is about."""

    def __call__(
        self, text: str, done: int | None = None, total: int | None = None, nodes: Sequence[Node] = (), /
    ) -> None: ...


class Poll:
    """Paces a loop: `while poll.next(): …`; ends after `limit_seconds`.

    The pauses grow from FIRST_SECONDS to LONGEST_SECONDS, and start again after `moved()`.
    """

    def __init__(
        self,
        limit_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._started = clock()
        self._limit = limit_seconds
        self._pause = 0.0
        self._unanswered: Unreachable | None = None
        self._unanswered_since = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    def next(self) -> bool:
        """Pause, and return whether there is time for another look; the first look comes at once.

        If the time is up before any answer came, raises the error that `bearing_outages` has held back.
        """
        if self._pause:
            left = self._limit - self.elapsed
            if left <= 0 and self._unanswered is not None:
                raise self._unanswered
            if left <= 0:
                return False
            self._sleep(min(self._pause, left))
        self._pause = min(max(self._pause * GROWTH, FIRST_SECONDS), LONGEST_SECONDS)
        return True

    def moved(self) -> None:
        """Look again soon, since something changed."""
        self._pause = FIRST_SECONDS

    @contextlib.contextmanager
    def bearing_outages(self, tell: Callable[[str], None]) -> Iterator[None]:
        """End a look that raises Unreachable, and pass its message to `tell`: the next look may get an answer.

        Raises it after all once nothing has answered for OUTAGE_SECONDS.
        """
        try:
            yield
        except Unreachable as failure:
            if self._unanswered is None:
                self._unanswered_since = self.elapsed
            self._unanswered = failure
            if self.elapsed - self._unanswered_since >= OUTAGE_SECONDS:
                raise
            tell(" ".join(failure.message.split()))
        else:
            self._unanswered = None
