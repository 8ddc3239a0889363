"""Polling with a limit: quick while things move, slower while they don't."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_SECONDS = 0.1
GROWTH = 1.5
LONGEST_SECONDS = 5.0


class Poll:
    """Paces a loop: `while poll.next(): …`; ends after `limit_seconds`.

    The pauses grow from FIRST_SECONDS to LONGEST_SECONDS, and start anew after `moved()`.
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

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    def next(self) -> bool:
        """Pause, and say whether there is time for another look; the first look comes at once."""
        if self._pause:
            left = self._limit - self.elapsed
            if left <= 0:
                return False
            self._sleep(min(self._pause, left))
        self._pause = min(max(self._pause * GROWTH, FIRST_SECONDS), LONGEST_SECONDS)
        return True

    def moved(self) -> None:
        """Something changed: look again soon."""
        self._pause = FIRST_SECONDS
