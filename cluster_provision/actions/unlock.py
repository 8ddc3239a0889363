"""Unlock: who holds the state's lock, whether that run lives, and the lock cleared where it doesn't."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cluster_provision.actions.steps import OPEN_STATE, SIGN_IN
from cluster_provision.errors import CANNOT_LOOK, SettingsError, StateLocked, StateStoreError
from cluster_provision.provisioners.lock import clear, holder_named, locked
from cluster_provision.result import Check
from cluster_provision.run import Step, perform
from cluster_provision.state.heartbeat import EVERY_SECONDS, Heartbeat, beats_in
from cluster_provision.state.holder import SILENCE_SECONDS, holder_of, watch
from cluster_provision.state.identity import identity_of

if TYPE_CHECKING:
    from cluster_provision.run import Run
    from cluster_provision.state.base import Lock

FORCE = "--force"
NAME = "state lock"


def unlock(run: Run) -> str:
    """Clear the lock of a run that is dead; returns what was done. Raises StateLocked where that run lives."""
    if run.argument not in ("", FORCE):
        raise SettingsError(
            (f"Unlock takes {FORCE} or nothing, but '{run.argument}' is given",),
            f"{FORCE} clears the lock whether the run that holds it lives or not.",
            where="",
        )
    perform(run, (SIGN_IN, OPEN_STATE, LOCK))
    return run.result.checks[-1].detail


def look_and_clear(run: Run, *, silence: float = SILENCE_SECONDS) -> None:
    """Look whose lock it is, watch for his signs of life, and clear it where there are none."""
    held = run.store.lock() if run.store.exists() else None
    if held is None:
        return _told(run, f"There is no lock on the state at {run.store.uri}: nothing to clear.")
    own = Heartbeat(run.store, identity_of("unlock", run.environ), lambda _: None, every=EVERY_SECONDS)
    own.start()
    try:
        run.console.say(f"The state is locked by {holder_named(run, held).text()}")
        verdict = "force" if run.argument == FORCE else _verdict(run, held, own, silence)
        if verdict == "free":
            return _told(run, f"The lock of {held.holder} is gone by itself: that run has ended.")
        if verdict == "changed":
            raise locked(run, run.store.lock() or held, ", which has taken it just now")
        if verdict == "beats":
            raise _lives(run, held)
        done = clear(run, held, verdict, silence)
        return _told(run, f"{done[0].upper()}{done[1:]}. Create goes on from where that run was; Status shows it.")
    finally:
        own.stop()


def _verdict(run: Run, held: Lock, own: Heartbeat, silence: float) -> str:
    known = _silent_already(run, held, own)
    if known < silence:
        run.console.say(f"Watching for signs of that run's life, for up to {silence - known:.0f} seconds.")
    return watch(run.store, held, silence=silence, own=own.name, known=known, show=run.progress.update)


def _silent_already(run: Run, held: Lock, own: Heartbeat) -> float:
    """How long the holder was silent before, by the store's own clock: by what was written just now."""
    with contextlib.suppress(*CANNOT_LOOK, StateStoreError):
        own.beat()
        beats = {each.name: each.written for each in beats_in(run.store)}
        holder = holder_of(run.store, held).beat
        if holder is not None and own.name in beats:
            return max((beats[own.name] - holder.written).total_seconds(), 0.0)
    return 0.0


def _lives(run: Run, held: Lock) -> StateLocked:
    refused = locked(run, held, ", and that run lives: its lock is left alone")
    return StateLocked(
        refused.message,
        f"Wait for that run to end, or end it: Unlock works then. `Unlock {FORCE}` clears the lock all the same; two "
        f"runs at once can lose track of machines that cost money. By hand:\n  {held.clear}",
    )


def _told(run: Run, text: str) -> None:
    run.result.checks.append(Check(NAME, "ok", text))
    run.progress.conclude("cleared" if "removed" in text else "free")


LOCK = Step("state lock", look_and_clear)
