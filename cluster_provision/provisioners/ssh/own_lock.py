"""The lock that this run takes on the controller, and its signs of life while it holds it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cluster_provision.errors import CANNOT_LOOK, ProvisionError, StateLocked, StateStoreError
from cluster_provision.state.base import Lock
from cluster_provision.state.heartbeat import Heartbeat
from cluster_provision.state.identity import identity_of

if TYPE_CHECKING:
    from cluster_provision.run import Run
    from cluster_provision.state.base import MachineStore


class OwnLock:
    """One run's lock."""

    def __init__(self, run: Run, store: MachineStore) -> None:
        self.identity = identity_of(run.result.action, run.environ)
        self._run = run
        self._store = store
        self._heart = Heartbeat(store, self.identity, self._lost)
        self._held: Lock | None = None
        self._taken: StateLocked | None = None

    def take(self) -> None:
        """Take the lock, and give signs of life from now on. Raises StateLocked where another run holds it."""
        if self._held is not None:
            return
        told = self.identity
        lock = Lock(f"{told.user}@{told.host}", told.started, told.action.capitalize(), "", told.run)
        self._store.take_lock(lock)
        self._held = lock
        self._heart.start()
        self._heart.holds()

    def require(self) -> None:
        """Raises StateLocked where somebody has taken the lock away meanwhile."""
        if self._taken is not None:
            raise self._taken

    def release(self) -> None:
        """Release the lock, and give no more signs of life."""
        held, self._held = self._held, None
        if held is None:
            return
        self._heart.lets_go()
        try:
            with contextlib.suppress(StateLocked):  # it is another's by now, so this run's own is gone
                self._store.unlock(held)
        except (*CANNOT_LOOK, StateStoreError, ProvisionError) as failure:
            said = " ".join(failure.message.split())
            self._run.console.say(f"This run's own lock could not be released: {said}. `Unlock` clears it.")
        finally:
            self._heart.stop()

    def _lost(self, now: Lock | None) -> None:
        name = self._run.target.cluster.name
        who = f"is held by {now.holder} ({now.operation}, since {now.created})" if now else "was removed"
        self._taken = StateLocked(
            f"this run's lock of {name} was taken away while it was at work: it {who}. No further machine is changed",
            "Whoever cleared the lock took this run for dead. Look at Status, then run the same command again.",
        )
        self._run.console.say(self._taken.message)
