"""The state's lock, as a run meets it before it changes anything."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cluster_provision.errors import CANNOT_LOOK, StateLocked, StateStoreError
from cluster_provision.state.heartbeat import beats_in
from cluster_provision.state.holder import LOOK_SECONDS, SILENCE_SECONDS, Holder, holder_of, watch
from cluster_provision.state.identity import life_of

if TYPE_CHECKING:
    from cluster_provision.run import Run
    from cluster_provision.state.base import Lock
    from cluster_provision.state.heartbeat import Beat

CHANGES = ("create", "destroy")
"""The actions that make or remove things."""


def refuse_locked(run: Run) -> None:
    """Raises StateLocked while another run holds the state's lock."""
    held = run.store.lock() if run.store.exists() else None
    if held is not None:
        raise locked(run, held)


def locked(run: Run, lock: Lock, why: str = "") -> StateLocked:
    """The error that tells of a lock: who holds it, and what clears it."""
    return StateLocked(
        f"the state of {run.target.cluster.name} is locked by {holder_named(run, lock).text()}{why}",
        "Wait for that run to end. If it was killed, `Unlock` looks whether it still lives and clears its lock "
        "(UNLOCK_DEAD=yes has Create and Destroy do so by themselves). If it will surely never end, this clears the "
        f"lock by hand:\n  {lock.clear}",
    )


def holder_named(run: Run, lock: Lock) -> Holder:
    """The lock with the run that holds it, as far as that can be looked at."""
    try:
        return holder_of(run.store, lock)
    except (*CANNOT_LOOK, StateStoreError):
        return Holder(lock, None)


def pass_the_lock(run: Run, *, silence: float = SILENCE_SECONDS) -> str:
    """Raises StateLocked while another run holds the lock; with UNLOCK_DEAD=yes, Create and Destroy clear that of a run
    that is dead. Returns what was found, in a few words."""
    held = run.store.lock() if run.store.exists() else None
    heals = run.settings.unlock_dead and run.result.action in CHANGES
    if held is None:
        if heals and run.result.action == "destroy":
            _wait_for_the_dead(run)
        return "free"
    if not heals:
        raise locked(run, held)
    run.console.say(
        f"The state is locked by {holder_named(run, held).text()}: watching for signs of its life, for up to "
        f"{silence:.0f} seconds (UNLOCK_DEAD=yes)"
    )
    verdict = watch(run.store, held, silence=silence, show=run.progress.update)
    if verdict == "free":
        return "free by now"
    if verdict in ("beats", "changed"):
        now = run.store.lock() or held
        why = ", whose run lives" if verdict == "beats" else ", which has taken it just now"
        raise locked(run, now, why)
    return f"cleared: {clear(run, held, verdict, silence)}"


def _wait_for_the_dead(run: Run) -> None:
    """Wait until runs that were killed between two of their locks are surely dead, or one of them beats."""
    before = {(each.name, each.count) for each in at_work(run)}
    while now := {(each.name, each.count) for each in at_work(run)}:
        if now - before:
            return
        run.progress.update("waiting whether a run that was at work still lives")
        time.sleep(LOOK_SECONDS)


def clear(run: Run, lock: Lock, verdict: str, silence: float) -> str:
    """Clear the lock of a run that is dead, and forget that run; what was done, in words. Raises StateLocked where it
    is another's by now."""
    holder = holder_named(run, lock)
    removed = run.store.unlock(lock)
    if holder.beat is not None:
        with contextlib.suppress(*CANNOT_LOOK, StateStoreError):
            run.store.remove(holder.beat.name)
    if not removed:
        return f"the lock of {lock.holder} is gone by itself"
    if verdict == "gone":
        return f"the lock of {lock.holder}, whose process is not on this machine any more, is removed"
    if verdict == "force":
        return f"the lock of {lock.holder} is removed, whether its run lives or not (--force)"
    quiet = f"no sign of its life for {silence:.0f} seconds"
    if holder.beat is None:
        quiet += ", though it keeps none that could be missed: another tool's, or an older version's"
    return f"the lock of {lock.holder} is removed: {quiet}"


def refuse_at_work(run: Run) -> None:
    """Raises StateLocked while another run holds the lock, or makes or removes things between two of its locks."""
    refuse_locked(run)
    for beat in at_work(run):
        raise StateLocked(
            f"another run is at work on {run.target.cluster.name}: {beat.identity.text()}; its last sign of life is of "
            f"{beat.written.isoformat(timespec='seconds')}",
            f"Wait for that run to end, or end it. One that was killed is taken for dead {SILENCE_SECONDS:.0f} seconds "
            "after its last sign of life: run the same command again then.",
        )


def at_work(run: Run) -> list[Beat]:
    """The other runs that make or remove things now, or were doing so when they were killed just now elsewhere."""
    if not run.store.exists():
        return []
    now = datetime.now(UTC)
    return [
        each
        for each in beats_in(run.store)
        if each.working
        and each.identity.run != run.provisioner.run_id
        and each.identity.action in CHANGES
        and abs((now - each.written).total_seconds()) < SILENCE_SECONDS
        and life_of(each.identity) != "gone"
    ]
