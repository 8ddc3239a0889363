"""Whose lock it is, and whether he lives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.state.base import Lock
from cluster_provision.state.holder import age_of, holder_of, watch
from tests.unit.state.kit import ELSEWHERE, HERE, LOCK, Store

if TYPE_CHECKING:
    from collections.abc import Callable


class Watched:
    """A watch of `store`'s lock, by a clock that sleeping moves; `then` happens when it is so late."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = 0.0
        self.then: dict[float, Callable[[], object]] = {}

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        for at in sorted(self.then):
            if at <= self.now:
                self.then.pop(at)()

    def verdict(self, **more: Any) -> str:
        assert self.store.held is not None
        return watch(
            cast("Any", self.store), self.store.held, sleep=self._sleep, clock=lambda: self.now, every=3.0, **more
        )


def test_a_holder_that_beats_lives() -> None:
    store = Store(LOCK)
    store.add_run(lock=LOCK.id, beats=1)
    watched = Watched(store)
    watched.then[14.0] = lambda: store.add_run(lock=LOCK.id, beats=2)
    assert watched.verdict() == "beats"
    assert watched.now < 20


def test_one_that_is_silent_for_90_seconds_is_dead() -> None:
    store = Store(LOCK)
    store.add_run(lock=LOCK.id)
    watched = Watched(store)
    assert watched.verdict() == "silent"
    assert 90 <= watched.now < 94


def test_silence_that_is_known_already_counts() -> None:
    store = Store(LOCK)
    store.add_run(lock=LOCK.id)
    watched = Watched(store)
    assert watched.verdict(known=100.0) == "silent"
    assert watched.now == 0


def test_one_that_was_here_and_is_gone_is_dead_at_once() -> None:
    store = Store(LOCK)
    store.add_run(who=replace(HERE, process=HERE.process - 1), lock=LOCK.id)
    watched = Watched(store)
    assert watched.verdict() == "gone"
    assert watched.now == 0


def test_one_whose_process_is_here_lives() -> None:
    store = Store(LOCK)
    store.add_run(who=HERE, lock=LOCK.id)
    assert Watched(store).verdict() == "beats"


def test_a_lock_that_is_released_or_taken_by_another_meanwhile_is_left() -> None:
    store = Store(LOCK)
    watched = Watched(store)
    watched.then[10.0] = lambda: setattr(store, "held", None)
    assert watched.verdict() == "free"
    store.held = LOCK
    watched.then[20.0] = lambda: setattr(store, "held", replace(LOCK, id="uuid-2"))
    assert watched.verdict() == "changed"


def test_a_lock_whose_run_keeps_no_object_is_watched_all_the_same() -> None:
    watched = Watched(Store(LOCK))
    assert watched.verdict() == "silent"
    assert watched.now >= 90


def test_a_first_sign_of_life_on_the_holders_machine_counts() -> None:
    store = Store(LOCK)
    watched = Watched(store)
    watched.then[30.0] = lambda: store.add_run(lock="")
    assert watched.verdict() == "beats"


def test_whoever_looks_at_the_lock_too_is_no_sign_of_the_holders_life() -> None:
    store = Store(LOCK)
    watched = Watched(store)
    watched.then[30.0] = lambda: store.add_run("unlock")
    assert watched.verdict() == "silent"


def test_a_run_that_was_killed_before_it_noted_its_lock_is_found_by_machine_and_time() -> None:
    store = Store(LOCK)
    store.add_run(lock="")
    found = holder_of(cast("Any", store), LOCK)
    assert found.beat is not None
    assert "https://github.com/a/b/actions/runs/3" in found.text()
    assert "Create, process 7 on elsewhere" in found.text()
    for other in (replace(LOCK, holder="root@x"), replace(LOCK, created="2026-11-30T11:00:00Z")):
        assert holder_of(cast("Any", store), other).beat is None


def test_a_run_that_holds_another_lock_is_not_this_ones_holder() -> None:
    store = Store(LOCK)
    store.add_run(lock="uuid-2")
    store.add_run(who=replace(ELSEWHERE, run="r2"), lock=LOCK.id)
    found = holder_of(cast("Any", store), LOCK).beat
    assert found is not None
    assert found.identity.run == "r2"


@pytest.mark.parametrize(
    ("created", "told"),
    [
        ("2026-11-30T11:58:00Z", "for 2 minutes, since 2026-11-30T11:58:00Z"),
        ("2026-11-30T01:59:00.123456789Z", "for 10 hours, since 2026-11-30T01:59:00.123456789Z"),
        ("2026-11-30T12:00:30Z", "for 0 minutes, since 2026-11-30T12:00:30Z"),
        ("2026-11-30T14:00:00Z", "since 2026-11-30T14:00:00Z, by a clock that is 2 hours ahead of this machine's"),
        ("2026-11-30T12:10:00Z", "since 2026-11-30T12:10:00Z, by a clock that is 10 minutes ahead of this machine's"),
        ("2026-11-30T11:58:00", "for 2 minutes, since 2026-11-30T11:58:00"),
        ("yesterday", "since yesterday"),
        ("", "since an unknown time"),
    ],
)
def test_an_age_is_never_negative(created: str, told: str) -> None:
    assert age_of(created, datetime(2026, 11, 30, 12, tzinfo=UTC)) == told


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Lock("h", "c", "o", "x", "uuid-1", "99"), True),
        (Lock("h", "c", "o", "x", "uuid-2", "11"), False),
        (Lock("h", "c", "o", "x", "", "11"), False),
        (None, False),
    ],
)
def test_locks_are_the_same_by_their_id(other: Lock | None, same: bool) -> None:
    assert LOCK.is_the_same_as(other) is same


def test_locks_without_an_id_are_the_same_by_the_stores_mark() -> None:
    bare = Lock("h", "c", "o", "x", "", "11")
    assert bare.is_the_same_as(Lock("h", "c", "o", "x", "", "11"))
    assert not bare.is_the_same_as(Lock("h", "c", "o", "x", "", "12"))
