"""Who holds a lock, and whether he lives: by the object that each run writes while it is at work."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from cluster_provision.number_of import number_of
from cluster_provision.state.heartbeat import beats_in
from cluster_provision.state.identity import life_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.state.base import Lock, StateStore
    from cluster_provision.state.heartbeat import Beat
    from cluster_provision.state.identity import Life

SILENCE_SECONDS = 90.0
"""So long no sign of life: six beats were missed."""

LOOK_SECONDS = 3.0
WATCHERS = ("unlock",)

Sign = tuple[str, int]
Verdict = Literal["free", "changed", "beats", "gone", "silent"]


@dataclass(frozen=True)
class Holder:
    """A lock, and the object of the run that holds it; None where that run keeps none, as other tools don't."""

    lock: Lock
    beat: Beat | None

    @property
    def life(self) -> Life:
        """Whether that run's process is there, as far as this machine can tell."""
        return life_of(self.beat.identity) if self.beat else "unknown"

    def text(self) -> str:
        """Who it is, since when, and in which CI job."""
        told = f"{self.lock.holder} ({self.lock.operation or 'unknown operation'}, {age_of(self.lock.created)})"
        return told if self.beat is None else f"{told}; its run: {self.beat.identity.text()}"


def holder_of(store: StateStore, lock: Lock) -> Holder:
    """The run that holds this lock."""
    return _among(beats_in(store), lock)


def _among(beats: Sequence[Beat], lock: Lock) -> Holder:
    runs = [each for each in beats if each.identity.action not in WATCHERS]
    noted = [each for each in runs if each.lock and each.lock in (lock.id, lock.generation)]
    if not noted:
        # one that was killed before it could note its lock
        host = lock.holder.rpartition("@")[2]
        noted = [each for each in runs if not each.lock and each.identity.host == host and _before(each, lock)]
    return Holder(lock, max(noted, key=lambda each: each.written, default=None))


def _before(beat: Beat, lock: Lock) -> bool:
    """Whether the run began before the lock was taken; both tell the time by the same machine."""
    began, taken = _time(beat.identity.started), _time(lock.created)
    return began is not None and taken is not None and began <= taken


def watch(
    store: StateStore,
    lock: Lock,
    *,
    silence: float = SILENCE_SECONDS,
    every: float = LOOK_SECONDS,
    own: str = "",
    known: float = 0.0,
    show: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Verdict:
    """Watch the lock until its holder beats, or hasn't for `silence` seconds, or is surely gone, or the lock itself
    goes or becomes another. `known` is how long he has been silent already; `own` is this run's object, which is no
    sign of his life. Of a holder without an object, whatever else beats on his machine counts as one."""
    since = clock() - known
    before: set[Sign] | None = None
    while True:
        found = store.lock()
        if found is None:
            return "free"
        if not lock.is_the_same_as(found):
            return "changed"
        beats = [each for each in beats_in(store) if each.name != own]
        holder = _among(beats, lock)
        life, signs = holder.life, _signs(beats, holder)
        if life == "gone":
            return "gone"
        if life == "alive" or (before is not None and signs - before):
            return "beats"
        before = signs | (before or set())
        quiet = clock() - since
        if quiet >= silence and life != "ending":
            return "silent"
        show(f"no sign of life of {lock.holder} for {quiet:.0f} of {silence:.0f} seconds")
        sleep(min(every, max(silence - quiet, 0.1)))


def _signs(beats: Sequence[Beat], holder: Holder) -> set[Sign]:
    host = holder.lock.holder.rpartition("@")[2]
    return {
        (each.name, each.count)
        for each in beats
        if each.identity.action not in WATCHERS
        and (each.name == holder.beat.name if holder.beat else each.identity.host == host)
    }


def age_of(created: str, now: datetime | None = None) -> str:
    """How old a lock is, by its own clock and this machine's, which need not agree."""
    taken = _time(created)
    if taken is None:
        return f"since {created or 'an unknown time'}"
    seconds = ((now or datetime.now(UTC)) - taken).total_seconds()
    if seconds < -60:
        ahead = _told(-seconds)
        return f"since {created}, by a clock that is {ahead} ahead of this machine's"
    return f"for {_told(max(seconds, 0))}, since {created}"


def _told(seconds: float) -> str:
    minutes = int(seconds // 60)
    return (number_of(minutes, "minute") if minutes else "0 minutes") if minutes < 120 else f"{minutes // 60} hours"


def _time(text: str) -> datetime | None:
    """A time in RFC 3339; in the past of Terraform's own words, with up to nine decimals."""
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
