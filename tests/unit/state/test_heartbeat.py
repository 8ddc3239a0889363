"""Signs of life: written while the run is at work, gone with it, and a lock that is taken away is missed."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import PermissionDenied
from cluster_provision.state.heartbeat import Heartbeat, beats_in
from tests.unit.state.kit import HERE, LOCK, Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.state.base import Lock

OTHER = type(LOCK)("somebody@x", "2026-11-30T12:09:00Z", "Apply", "clear it", "uuid-2", "12")


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Beating:
    def __init__(self, store: Store, settled: float = 0.05) -> None:
        self.lost: list[Lock | None] = []
        self.heart = Heartbeat(cast("Any", store), HERE, self.lost.append, every=0.02, settled=settled)

    def __enter__(self) -> Beating:
        self.heart.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.heart.stop()


def told(store: Store) -> Any:
    (text,) = (text for _, text in store.objects.values())
    return json.loads(text)


def test_the_object_is_written_again_and_again_and_gone_at_the_end() -> None:
    store = Store()
    with Beating(store):
        until(lambda: store.objects and told(store)["beats"] > 3)
        assert told(store)["run"]["pid"] == HERE.pid
        (found,) = beats_in(cast("Any", store))
        assert (found.identity, found.working, found.lock) == (HERE, True, "")
    assert store.objects == {}
    assert not [each for each in threading.enumerate() if each.name == "heartbeat"]


@pytest.mark.parametrize("failure", [PermissionDenied("no"), NotFound("no bucket"), RuntimeError("defect")])
def test_a_store_that_can_not_be_written_changes_nothing(failure: Exception) -> None:
    store = Store()
    store.fails = failure
    with Beating(store) as beating:
        time.sleep(0.1)
        beating.heart.holds()
        time.sleep(0.1)
        assert beating.heart._thread is not None
        assert beating.heart._thread.is_alive()
    assert beating.lost == []


def test_the_lock_that_terraform_holds_is_noted_at_once() -> None:
    store = Store(LOCK)
    with Beating(store) as beating:
        beating.heart.holds()
        until(lambda: store.objects and told(store)["lock"] == "uuid-1")
        assert beating.heart.own == LOCK
    assert beating.lost == []


@pytest.mark.parametrize("now", [OTHER, None])
def test_a_lock_that_is_taken_away_is_told_once(now: Lock | None) -> None:
    store = Store(LOCK)
    with Beating(store) as beating:
        beating.heart.holds()
        until(lambda: beating.heart.own)
        store.held = now
        until(lambda: beating.lost)
        time.sleep(0.1)
    assert beating.lost == [now]


def test_a_terraform_that_releases_its_lock_and_ends_has_lost_nothing() -> None:
    store = Store(LOCK)
    with Beating(store, settled=5) as beating:
        beating.heart.holds()
        until(lambda: beating.heart.own)
        store.held = None
        time.sleep(0.1)
        beating.heart.lets_go()
        store.held = OTHER
        time.sleep(0.1)
    assert beating.lost == []


def test_a_state_that_is_written_is_no_other_lock() -> None:
    store = Store(LOCK)
    with Beating(store) as beating:
        beating.heart.holds()
        until(lambda: beating.heart.own)
        store.held = type(LOCK)(LOCK.holder, LOCK.created, LOCK.operation, LOCK.clear, LOCK.id, "another etag")
        time.sleep(0.15)
    assert beating.lost == []


def test_objects_that_tell_nothing_are_no_runs() -> None:
    store = Store()
    for name, text in (("runs/a.json", "no JSON"), ("runs/b.json", "[]"), ("runs/c.json", '{"run": {}}')):
        store.beat(name, text)
    assert [each.name for each in beats_in(cast("Any", store))] == ["runs/c.json"]
