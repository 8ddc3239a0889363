"""How long an embedded cloud lives: for as long as a run holds it, or something is in it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_RUN_SECONDS = 30.0  # one started by a run waits this long for that run to take hold
AGAIN_SECONDS = 5.0  # what a killed run had under way may come to its end later
GRACE_SECONDS = 0.2
SAVE_SECONDS = 15.0  # the last run waits no longer than this for what it leaves behind to be written
# A run whose machine or network vanished says no farewell: seconds until it is asked, between questions, questions.
KEEP_ALIVE = (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))


class Lifetime:
    """`idle` tells whether nothing keeps a cloud that no run holds; without it, the cloud ends by `stop` alone.

    `unwritten` tells whether something is written only when the cloud ends. The last run then stays until it has ended,
    or goes on: where the run is a container's first process, its end is everybody's.
    """

    def __init__(self, idle: Callable[[], bool] | None, unwritten: Callable[[], bool] = lambda: False) -> None:
        self._idle = idle
        self._unwritten = unwritten
        self._goes_on = threading.Event()
        self._holders = 0
        self._over = False
        self._lock = threading.Lock()
        self._look = threading.Event()

    @property
    def holders(self) -> int:
        return self._holders

    def take(self) -> bool:
        """Count one more run. Returns False where the cloud is about to end."""
        with self._lock:
            if not self._over:
                self._holders += 1
            return not self._over

    def keep(self, connection: socket.socket) -> None:
        """Count the run for as long as its connection is open."""
        _notice_silence(connection)
        with contextlib.suppress(OSError):
            while connection.recv(64):
                pass
        with self._lock:
            self._holders -= 1
            goes_on, last = self._goes_on, not self._holders
        self._look.set()
        if last and self._idle and self._unwritten():
            goes_on.wait(SAVE_SECONDS)  # else until the process ends, and the connection with it

    def look_again(self) -> None:
        """Note that less may be in the cloud than before."""
        self._look.set()

    def stop(self) -> None:
        with self._lock:
            self._over = True
        self._look.set()

    def wait(self) -> bool:
        """Wait until the cloud is to end. Returns whether it ends because nobody needs it any more."""
        patience = FIRST_RUN_SECONDS if self._idle else None
        while not self._over:
            if self._look.wait(patience):
                self._look.clear()
                time.sleep(GRACE_SECONDS)  # the next run may be about to take hold
            patience = AGAIN_SECONDS if self._idle else None
            with self._lock:
                if not self._over and not self._holders and self._idle and self._idle():
                    self._over = True
                    return True
                if not self._over:
                    self._goes_on.set()
                    self._goes_on = threading.Event()
        return False


def _notice_silence(connection: socket.socket) -> None:
    with contextlib.suppress(OSError, AttributeError):  # not every system has each
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEP_ALIVE:
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
