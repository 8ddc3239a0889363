"""Unlock: a dead run's lock is cleared, a living one's is left."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.actions.unlock import look_and_clear, unlock
from cluster_provision.errors import SettingsError, StateLocked
from tests.unit.state.kit import HERE, LOCK, Store


def run_of(store: Store, argument: str = "") -> Any:
    said: list[str] = []
    return SimpleNamespace(
        argument=argument,
        store=store,
        environ={},
        result=SimpleNamespace(checks=[]),
        target=SimpleNamespace(cluster=SimpleNamespace(name="demo")),
        console=SimpleNamespace(say=said.append),
        progress=SimpleNamespace(update=lambda _: None, conclude=lambda _: None),
        said=said,
    )


def told(run: Any) -> str:
    return str(run.result.checks[-1].detail)


def test_without_a_lock_there_is_nothing_to_do() -> None:
    run = run_of(Store())
    look_and_clear(run)
    assert "There is no lock" in told(run)


def test_one_whose_process_is_gone_is_cleared_at_once() -> None:
    store = Store(LOCK)
    store.add_run(who=replace(HERE, process=HERE.process - 1, job="https://ci/7"), lock=LOCK.id)
    run = run_of(store)
    look_and_clear(run)
    assert "whose process is not on this machine any more, is removed" in told(run)
    assert any("https://ci/7" in line for line in run.said)
    assert store.objects == {}


def test_one_that_lives_is_refused_with_what_can_be_done() -> None:
    store = Store(LOCK)
    store.add_run(who=HERE, lock=LOCK.id)
    with pytest.raises(StateLocked, match="that run lives") as caught:
        look_and_clear(run_of(store))
    assert "Unlock --force" in caught.value.advice
    assert store.held is LOCK


def test_force_clears_it_all_the_same() -> None:
    store = Store(LOCK)
    store.add_run(who=HERE, lock=LOCK.id)
    run = run_of(store, "--force")
    look_and_clear(run)
    assert "whether its run lives or not" in told(run)


def test_silence_is_waited_for() -> None:
    store = Store(LOCK)
    store.add_run(lock=LOCK.id)
    run = run_of(store)
    look_and_clear(run, silence=0.2)
    assert "no sign of its life" in told(run)


def test_even_force_touches_no_lock_that_changed() -> None:
    store = Store(LOCK)
    store.before_unlock = lambda: setattr(store, "held", replace(LOCK, id="uuid-2"))
    with pytest.raises(StateLocked):
        look_and_clear(run_of(store, "--force"))
    assert store.unlocked == []


def test_another_argument_is_refused() -> None:
    with pytest.raises(SettingsError, match="--force"):
        unlock(run_of(Store(), "now"))
