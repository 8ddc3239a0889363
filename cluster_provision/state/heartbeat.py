"""A run's sign of life: an object of its own beside the state's lock, written again and again while it is at work."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import Interrupted
from cluster_provision.state.base import RUNS_FOLDER
from cluster_provision.state.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cluster_provision.state.base import Lock, StateStore

EVERY_SECONDS = 15.0
JOIN_SECONDS = 30.0
LOOK_SECONDS = 5.0
"""How often a run looks whether it still holds its lock, while its Terraform works."""

SETTLED_SECONDS = 5.0
"""A Terraform that ends releases its lock shortly before its process is gone: only after this is a lock missing."""


@dataclass(frozen=True)
class Beat:
    """A run's object as it was found: `lock` is the id of the lock that it holds, where it has noted that; `working`
    says that it makes or removes things, rather than waiting for machines."""

    name: str
    written: datetime
    count: int
    identity: Identity
    lock: str = ""
    working: bool = False


def beats_in(store: StateStore) -> list[Beat]:
    """The runs that are at work, or were when they were killed. One that ends meanwhile, or tells nothing that can be
    understood, isn't among them."""
    found = []
    for pulse in store.pulses():
        with contextlib.suppress(ValueError, TypeError, AttributeError):
            told = json.loads(pulse.text)
            identity = Identity.from_json(told["run"] if isinstance(told["run"], dict) else {})
            count, lock = int(told.get("beats", 0)), str(told.get("lock", ""))
            found.append(Beat(pulse.name, pulse.written, count, identity, lock, bool(told.get("working"))))
    return found


class Heartbeat:
    """Writes the object every `every` seconds on a thread of its own, from `start` to `stop`.

    While Terraform holds the lock, between `holds` and `lets_go`, it looks whether that is still this run's own:
    `lost` is called, once, with who has it now, or None where nobody has. A store that can't be written or read is no
    reason to stop the run.
    """

    def __init__(
        self,
        store: StateStore,
        identity: Identity,
        lost: Callable[[Lock | None], None],
        *,
        every: float = EVERY_SECONDS,
        settled: float = SETTLED_SECONDS,
    ) -> None:
        self.identity = identity
        self.name = f"{RUNS_FOLDER}/{identity.run}.json"
        self.own: Lock | None = None
        self.working = True
        self._store = store
        self._lost = lost
        self._every = every
        self._settled = settled
        self._count = 0
        self._holding = 0  # the number of the Terraform that holds the lock, 0 for none
        self._terraforms = 0
        self._missing_since = 0.0
        self._wake = threading.Event()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to beat; nothing where it does already."""
        if self._thread is None:
            self._over.clear()
            self._thread = threading.Thread(target=self._run, daemon=True, name="heartbeat")
            self._thread.start()

    def stop(self) -> None:
        """Beat no more, and take the object away."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._over.set()
        self._wake.set()
        thread.join(JOIN_SECONDS)
        try:
            self._store.remove(self.name)
        except Interrupted:
            raise
        except Exception:  # noqa: S110 - the place may be gone, or not writable: it tells nothing wrong
            pass

    def holds(self) -> None:
        """Terraform has taken the lock. Whose it is will be noted at once."""
        if not self._holding:
            self._terraforms += 1
            self.own, self._missing_since = None, 0.0
            self._holding = self._terraforms
            self._wake.set()

    def lets_go(self) -> None:
        """Terraform has ended."""
        self._holding = 0

    def works(self, *, working: bool) -> None:
        """From now on the run makes or removes things, or doesn't."""
        self.working = working
        self._wake.set()

    def _run(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # they are the main thread's
        due, woken = 0.0, True
        while not self._over.is_set():
            self._wake.clear()
            # whatever goes wrong with it, the run goes on
            with contextlib.suppress(Exception):
                self._look()
            if woken or time.monotonic() >= due:
                due = time.monotonic() + self._every
                with contextlib.suppress(Exception):
                    self.beat()
            pause = max(due - time.monotonic(), 0.0)
            woken = self._wake.wait(min(pause, LOOK_SECONDS, self._settled) if self._holding else pause)

    @property
    def misses_its_lock(self) -> bool:
        """Whether this run's lock was not there, or another's, at the last look while Terraform was at work."""
        return self._missing_since > 0

    def beat(self) -> None:
        """Write the object once."""
        self._count += 1
        told: dict[str, Any] = {
            "schema": 1,
            "run": self.identity.to_json(),
            "beats": self._count,
            "working": self.working,
            "lock": (self.own.id or self.own.generation) if self.own else "",
        }
        self._store.beat(self.name, json.dumps(told))

    def _look(self) -> None:
        """Note the lock that Terraform has taken; then whether it is still there."""
        holding, own = self._holding, self.own
        if not holding:
            return
        found = self._store.lock()
        if self._holding != holding:
            return
        if own is None:
            self.own = found
            return
        if own.is_the_same_as(found):
            self._missing_since = 0.0
            return
        now = time.monotonic()
        if not self._missing_since:
            self._missing_since = now
        elif now - self._missing_since >= self._settled:
            self._holding = 0
            self._lost(found)
