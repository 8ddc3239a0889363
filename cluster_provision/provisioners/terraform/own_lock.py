"""The lock that this run's own Terraform takes: known while it holds it, missed when somebody takes it away, and
released where Terraform could not."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cluster_provision.errors import Interrupted, ProvisionError, StateLocked, Unreachable
from cluster_provision.provisioners.lock import locked
from cluster_provision.state.heartbeat import EVERY_SECONDS, Heartbeat
from cluster_provision.state.identity import identity_of

if TYPE_CHECKING:
    from cluster_provision.run import Run
    from cluster_provision.state.base import Lock

TRIES = 3
PAUSE_SECONDS = 2.0


class OwnLock:
    """Follows the locks of one run's Terraform, and gives the run's signs of life meanwhile.

    A lock is this run's own where it was seen while its Terraform was at work, where Terraform could not release it and
    named it, or where a Terraform that came to work had it taken on this machine between its start and its first work.
    """

    def __init__(self, run: Run, *, every: float = EVERY_SECONDS, pause: float = PAUSE_SECONDS) -> None:
        self.identity = identity_of(run.result.action, run.environ)
        self._run = run
        self._every = every
        self._pause = pause
        self._heart: Heartbeat | None = None
        self._began = self._worked = datetime.now(UTC)
        self._at_work = False
        self._left: Lock | None = None
        self._taken: StateLocked | None = None

    # signs of life

    def beat(self) -> None:
        """Give signs of life from now on: the run makes or removes things."""
        if self._heart is None:
            self._heart = Heartbeat(self._run.store, self.identity, self._lost, every=self._every)
            self._heart.start()
        self._heart.works(working=True)

    def wait(self) -> None:
        """The run only waits and looks from now on."""
        if self._heart is not None:
            self._heart.works(working=False)

    def rest(self) -> None:
        """Release a lock of this run's that was left, and give no more signs of life."""
        try:
            if self._left is not None:
                self._release(self._left)
        finally:
            heart, self._heart = self._heart, None
            if heart is not None:
                heart.stop()

    # terraform.runner.LockKeeper

    def begins(self) -> None:
        """A Terraform begins that may take the lock."""
        self._began = self._worked = datetime.now(UTC)
        self._at_work = False
        self._taken = None

    def holds(self) -> None:
        """It is at work, so it holds the lock."""
        if not self._at_work:
            self._at_work, self._worked = True, datetime.now(UTC)
            if self._heart is not None:
                self._heart.holds()

    def ended(self) -> None:
        """It has ended well. Raises StateLocked where its lock was taken away meanwhile."""
        if self._heart is not None:
            self._heart.lets_go()
        if self._taken is not None:
            raise self._taken

    def failed(self, failure: ProvisionError, named: str, *, went_through: bool) -> ProvisionError | None:
        """What its failure comes to: who holds the lock, and what became of this run's own."""
        known = self._heart.own if self._heart is not None and self._at_work else None
        if self._heart is not None:
            self._heart.lets_go()
        if not self._at_work:
            self._worked = datetime.now(UTC)
        if self._taken is not None:
            return self._taken
        try:
            found = self._run.store.lock()
        except Interrupted:
            raise
        except ProvisionError:
            return failure
        if found is None:
            return self._without_lock(failure, went_through=went_through)
        told = went_through and not isinstance(failure, StateLocked)
        if not self._is_own(found, known, named if told else ""):
            return self._of_another(failure, found)
        return self._left_behind(failure, found, went_through=went_through)

    def _left_behind(self, failure: ProvisionError, found: Lock, *, went_through: bool) -> ProvisionError | None:
        removed = self._release(found)
        if isinstance(failure, Interrupted):
            return failure
        if not removed:
            said = f"This run's own lock stays (taken {found.created}), and nobody works under it."
            return _with(failure, said, f"This clears this run's own lock:\n  {found.clear}\n`Unlock` does so too.")
        return None if went_through else _with(failure, "This run's own lock, which was left, is released.")

    def _without_lock(self, failure: ProvisionError, *, went_through: bool) -> ProvisionError | None:
        if went_through and self._heart is not None and self._heart.misses_its_lock:
            return StateLocked(
                f"somebody cleared this run's lock while it was at work:\n{failure.message}",
                "Look at Status, and run the same command again: another run may have worked meanwhile.",
            )
        if went_through:
            return None  # the answer to the release was lost: the work is done
        if isinstance(failure, StateLocked):
            name = self._run.target.cluster.name
            return StateLocked(
                f"another run held the lock of {name}'s state just now, and has let go of it:\n{failure.message}",
                "Run the same command again.",
            )
        return failure

    def _of_another(self, failure: ProvisionError, found: Lock) -> ProvisionError:
        if isinstance(failure, StateLocked):
            refused = locked(self._run, found)
            return StateLocked(f"{refused.message}\n{failure.message}", refused.advice)
        if self._in_time(found) and not isinstance(failure, Interrupted):
            said = f"A lock that was taken at {found.created} by {found.holder} is there, which may be this run's own."
            return _with(failure, said, "`Unlock` looks whether anybody works under that lock, and clears it.")
        return failure

    def _lost(self, now: Lock | None) -> None:
        """Somebody has taken this run's lock away while Terraform was at work."""
        name = self._run.target.cluster.name
        who = f"is held by {now.holder} ({now.operation}, since {now.created})" if now else "was removed"
        self._taken = StateLocked(
            f"this run's lock of {name}'s state was taken away while it was at work: it {who}. Terraform was stopped",
            "Whoever cleared the lock took this run for dead. Look at Status, then run the same command again.",
        )
        self._run.console.say(f"{self._taken.message}: it finishes what is in flight.")
        self._run.interruption.stop()

    def _is_own(self, lock: Lock, known: Lock | None, named: str) -> bool:
        if known is not None:
            return known.is_the_same_as(lock)
        if named:
            return named in (lock.id, lock.generation)
        return self._at_work and self._in_time(lock)

    def _in_time(self, lock: Lock) -> bool:
        """Whether the lock was taken on this machine while this run's Terraform was about to take one."""
        try:
            taken = datetime.fromisoformat(lock.created)
        except (ValueError, TypeError):
            return False
        moment = timedelta(milliseconds=1)  # what the two round differently
        here = lock.holder.rpartition("@")[2] == socket.gethostname()
        return here and self._began - moment <= taken <= self._worked + moment

    def _release(self, lock: Lock) -> bool:
        """Release this run's own lock; whether it is. What could not be is tried again at the run's end."""
        self._left = lock
        for left in reversed(range(TRIES)):
            try:
                self._run.store.unlock(lock)
            except StateLocked:
                pass  # it is another's by now, so this run's own is gone
            except Interrupted:
                raise
            except ProvisionError as failure:
                if left and isinstance(failure, Unreachable):
                    time.sleep(self._pause)
                    continue
                self._run.console.say(f"This run's own lock could not be released: {' '.join(failure.message.split())}")
                return False
            self._left = None
            return True
        return False


def _with(failure: ProvisionError, said: str, advice: str = "") -> ProvisionError:
    """The same failure, with a word on the lock and what to do about that first."""
    failure.message = f"{failure.message}\n{said}"
    failure.args = (failure.message,)
    failure.advice = f"{advice}\n{failure.advice}" if advice else failure.advice
    return failure
