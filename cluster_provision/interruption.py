"""Handles SIGINT, SIGTERM and SIGHUP: a running Terraform gets them, else they end the current step.

Terraform runs in its own process group, so that Ctrl-C on the terminal reaches it only through this process. Its first
SIGINT is the graceful one: it finishes what is in flight, saves the state and releases the lock. A second one makes it
drop everything. So signals that follow at once, as CI systems send them, are not passed on.
"""

from __future__ import annotations

import contextlib
import signal
import time
from typing import TYPE_CHECKING

from cluster_provision.errors import Interrupted

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

INSIST_SECONDS = 30.0
"""A signal this long after the first one means a person who won't wait any longer."""


class Interruption:
    """Receives the signals of one run; `received` is the number of the first one, 0 for none.

    The signal handler calls `say`.
    """

    def __init__(self, say: Callable[[str], None] = lambda _: None) -> None:
        self.received = 0
        self._say = say
        self._since = 0.0
        self._deaf_until = 0.0
        self._shielded = False
        self._stopping = False
        self._child: subprocess.Popen[str] | None = None

    @contextlib.contextmanager
    def handled(self) -> Iterator[Interruption]:
        """Within the block, receive the signals; afterwards, restore the former handlers.

        An ignored SIGHUP stays ignored: a run started with nohup should outlive the terminal.
        """
        ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        heard = [number for number in SIGNALS if not (number == signal.SIGHUP and ignored)]
        former = {number: signal.signal(number, self._on_signal) for number in heard}
        try:
            yield self
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def forwarded_to(self, start: Callable[[], subprocess.Popen[str]]) -> Iterator[subprocess.Popen[str]]:
        """Start a process; within the block, signals go to it and interrupt nothing here.

        This holds from before the start, so that no signal misses the process. If a signal came, raises Interrupted at
        the block's end: the process has then ended in its own way.
        """
        self._shielded, self._stopping = True, False
        try:
            self._child = start()
            if self.received:  # the signal came during the start
                self._pass_on()
            yield self._child
        finally:
            self._shielded = False
            self._child = None
        if self.received:
            raise self._error(self.received)

    def forgive(self) -> None:
        """Forget the received signals, and those right after them, so that the next work can finish."""
        self.received = 0
        self._deaf_until = time.monotonic() + INSIST_SECONDS

    def stop(self) -> None:
        """Ask the running process to end in its own way, as a signal would, without interrupting anything else."""
        child = self._child
        if child is not None and not (self.received or self._stopping):
            self._stopping = True
            child.send_signal(signal.SIGINT)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if time.monotonic() < self._deaf_until:
            self._say(f"Already stopping; a signal after {INSIST_SECONDS:.0f} seconds stops at once.")
            return
        if not self._shielded:
            now = time.monotonic()
            if self.received and now - self._since < INSIST_SECONDS:
                return  # the run ends already: a second signal must not interrupt what puts things in order
            self.received, self._since = self.received or number, now
            raise self._error(number)
        if not self.received:
            self.received, self._since = number, time.monotonic()
            if not self._stopping:  # it is already ending, and a second signal would make it drop everything
                self._pass_on()
        elif time.monotonic() - self._since > INSIST_SECONDS:
            self._pass_on()

    def _pass_on(self) -> None:
        if self._child is not None:
            self._child.send_signal(signal.SIGINT)
            self._say("Interrupted: Terraform finishes what is in flight, saves its state and releases its lock.")

    @staticmethod
    def _error(number: int) -> Interrupted:
        name = signal.Signals(number).name
        return Interrupted(f"stopped by {name}", number, "Run the same command again to continue from here.")
