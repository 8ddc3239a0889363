"""SIGINT, SIGTERM and SIGHUP: a running Terraform gets them, else they end the step at hand.

Terraform runs in a process group of its own, so that a Ctrl-C on the terminal reaches it once and
through here only: its first SIGINT is the graceful one, which finishes what is in flight, saves
the state and releases the lock.
"""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

from cluster_provision.errors import Interrupted

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Receives the signals of one run; `received` is the number of the first one, 0 for none."""

    def __init__(self) -> None:
        self.received = 0
        self._child: subprocess.Popen[str] | None = None

    @contextlib.contextmanager
    def handled(self) -> Iterator[Interruption]:
        """Within the block, signals come here; afterwards, the former handlers are back."""
        former = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        try:
            yield self
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def forwarded_to(self, child: subprocess.Popen[str]) -> Iterator[None]:
        """Within the block, signals go to `child` and interrupt nothing here.

        Raises Interrupted at the block's end where one came: the child has then ended in its own way.
        """
        self._child = child
        try:
            if self.received:  # between the process's start and this block
                child.send_signal(signal.SIGINT)
            yield
        finally:
            self._child = None
        if self.received:
            raise self._error(self.received)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.received = self.received or number
        if self._child is not None:
            self._child.send_signal(signal.SIGINT)
            return
        raise self._error(number)

    @staticmethod
    def _error(number: int) -> Interrupted:
        name = signal.Signals(number).name
        return Interrupted(f"stopped by {name}", number, "Run the same command again to go on from here.")
