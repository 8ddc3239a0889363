"""The lock that a run takes on the controller, and gives back whatever happens."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.errors import StateLocked, Unreachable
from cluster_provision.provisioners.ssh.own_lock import OwnLock
from tests.unit.state.kit import LOCK, Store

if TYPE_CHECKING:
    from cluster_provision.state.base import Lock


class Locking(Store):
    def take_lock(self, lock: Lock) -> None:
        if self.held is not None:
            raise StateLocked("another's")
        self.held = lock


class Tried(OwnLock):
    def __init__(self, store: Locking) -> None:
        self.said: list[str] = []
        run: Any = SimpleNamespace(
            environ={},
            result=SimpleNamespace(action="create"),
            console=SimpleNamespace(say=self.said.append),
            target=SimpleNamespace(cluster=SimpleNamespace(name="demo")),
        )
        super().__init__(run, cast("Any", store))


def test_it_names_the_run_and_is_free_again_at_its_end() -> None:
    store = Locking()
    lock = Tried(store)
    lock.take()
    assert store.held is not None
    assert (store.held.id, store.held.operation) == (lock.identity.run, "Create")
    lock.take()
    lock.release()
    assert store.held is None and store.objects == {}


def test_releasing_what_is_not_held_does_nothing() -> None:
    store = Locking()
    Tried(store).release()
    assert store.unlocked == []


def test_another_runs_lock_is_not_taken_and_not_released() -> None:
    store = Locking(LOCK)
    lock = Tried(store)
    with pytest.raises(StateLocked):
        lock.take()
    lock.release()
    assert store.held is LOCK


def test_a_lock_that_was_taken_away_stops_the_run_and_says_by_whom() -> None:
    lock = Tried(Locking())
    lock._lost(replace(LOCK, holder="a@b"))
    with pytest.raises(StateLocked, match="taken away while it was at work: it is held by a@b"):
        lock.require()
    assert "No further machine is changed" in lock.said[0]


def test_a_lock_that_vanished_stops_the_run_too() -> None:
    lock = Tried(Locking())
    lock._lost(None)
    with pytest.raises(StateLocked, match="it was removed"):
        lock.require()


def test_a_lock_that_is_anothers_by_now_is_left_to_it() -> None:
    store = Locking()
    lock = Tried(store)
    lock.take()
    store.held = LOCK
    lock.release()
    assert store.held is LOCK and lock.said == []


def test_a_controller_that_is_gone_is_said_to_keep_the_lock() -> None:
    store = Locking()
    lock = Tried(store)
    lock.take()
    store.fails = Unreachable("head does not answer")
    lock.release()
    assert lock.said == ["This run's own lock could not be released: head does not answer. `Unlock` clears it."]
