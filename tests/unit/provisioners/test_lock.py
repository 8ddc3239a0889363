"""A lock that is met: refused, or with UNLOCK_DEAD=yes cleared where its run is dead."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.errors import StateLocked
from cluster_provision.provisioners.lock import pass_the_lock, refuse_locked
from tests.unit.state.kit import HERE, LOCK, Store

GONE = replace(HERE, process=HERE.process - 1)


def run_of(store: Store, *, action: str = "create", unlock_dead: bool = True) -> Any:
    return SimpleNamespace(
        store=store,
        settings=SimpleNamespace(unlock_dead=unlock_dead),
        result=SimpleNamespace(action=action),
        target=SimpleNamespace(cluster=SimpleNamespace(name="demo")),
        provisioner=SimpleNamespace(run_id="me"),
        console=SimpleNamespace(say=lambda _: None),
        progress=SimpleNamespace(update=lambda _: None),
    )


def test_a_lock_is_refused_with_its_holder_and_what_clears_it() -> None:
    store = Store(LOCK)
    store.add_run(lock=LOCK.id)
    with pytest.raises(StateLocked, match="the state of demo is locked by root@elsewhere") as caught:
        refuse_locked(run_of(store))
    assert "actions/runs/3" in caught.value.message
    assert "UNLOCK_DEAD=yes" in caught.value.advice
    assert "clear it" in caught.value.advice


@pytest.mark.parametrize("action", ["create", "destroy"])
def test_the_next_run_of_a_killed_pipeline_heals_itself(action: str) -> None:
    store = Store(LOCK)
    name = store.add_run(who=GONE, lock=LOCK.id)
    assert "cleared" in pass_the_lock(run_of(store, action=action))
    assert store.held is None
    assert name not in store.objects


def test_silence_is_waited_for_and_told() -> None:
    store = Store(LOCK)
    store.add_run(lock=LOCK.id)
    assert "no sign of its life for 0 seconds" in pass_the_lock(run_of(store), silence=0.2)
    assert store.held is None


def test_of_a_lock_without_signs_of_life_it_is_said_that_it_keeps_none() -> None:
    assert "another tool's, or an older version's" in pass_the_lock(run_of(Store(LOCK)), silence=0.2)


def test_a_run_that_lives_is_left_alone() -> None:
    store = Store(LOCK)
    store.add_run(who=HERE, lock=LOCK.id)
    with pytest.raises(StateLocked, match="whose run lives"):
        pass_the_lock(run_of(store), silence=0.2)
    assert store.held is LOCK


def test_a_lock_that_changes_at_the_last_moment_is_left_alone() -> None:
    store = Store(LOCK)
    store.add_run(who=GONE, lock=LOCK.id)
    store.before_unlock = lambda: setattr(store, "held", replace(LOCK, id="uuid-2"))
    with pytest.raises(StateLocked):
        pass_the_lock(run_of(store))
    assert store.held is not None


@pytest.mark.parametrize(("action", "unlock_dead"), [("create", False), ("validate", True), ("plan", True)])
def test_nothing_is_cleared_unasked_or_by_who_changes_nothing(action: str, unlock_dead: bool) -> None:
    store = Store(LOCK)
    store.add_run(who=GONE, lock=LOCK.id)
    with pytest.raises(StateLocked):
        pass_the_lock(run_of(store, action=action, unlock_dead=unlock_dead))
    assert store.held is LOCK


def test_without_a_lock_it_is_free() -> None:
    assert pass_the_lock(run_of(Store())) == "free"
