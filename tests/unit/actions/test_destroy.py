"""Destroy takes nothing of a run that began after its own Terraform had given the lock back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.actions.destroy import delete_state, look_for_leftovers
from cluster_provision.errors import Leftovers, PermissionDenied, StateLocked, StateStoreError, Unreachable
from cluster_provision.result import Leftover
from cluster_provision.state.base import Lock
from cluster_provision.targets.base import Remains
from tests.unit.state.kit import Store

if TYPE_CHECKING:
    from collections.abc import Callable

HELD = Lock("somebody", "2026-11-25T12:00:00Z", "Apply", "gcloud storage rm x")


def run_of(lock: Lock | None) -> Any:
    done: list[str] = []
    store = Store(lock)
    store.delete_deployment = lambda: done.append("state deleted") or ""  # type: ignore[attr-defined]
    provisioner = SimpleNamespace(
        leftovers=lambda _: done.append("looked over") or Remains(), run_id="", rest=lambda _: done.append("at rest")
    )
    return SimpleNamespace(
        store=store,
        target=SimpleNamespace(cluster=SimpleNamespace(name="demo")),
        provisioner=provisioner,
        result=SimpleNamespace(leftovers=[]),
        console=SimpleNamespace(say=print),
        progress=SimpleNamespace(conclude=lambda _: None),
        done=done,
    )


@pytest.mark.parametrize("step", [look_for_leftovers, delete_state])
def test_while_another_run_holds_the_lock_nothing_is_removed(step: Callable[[Any], None]) -> None:
    run = run_of(HELD)
    with pytest.raises(StateLocked, match="locked by somebody"):
        step(run)
    assert run.done == []


def test_without_one_both_go_on() -> None:
    run = run_of(None)
    look_for_leftovers(run)
    delete_state(run)
    assert run.done == ["looked over", "at rest", "state deleted"]


def test_a_state_that_may_not_be_deleted_hides_not_that_the_machines_are_gone() -> None:
    def refuse() -> str:
        raise StateStoreError("Object is under active Event-Based hold", "have it lifted")

    run = run_of(None)
    run.store.delete_deployment = refuse
    with pytest.raises(StateStoreError) as raised:
        delete_state(run)
    assert "everything of the cluster is gone but its state" in raised.value.message
    assert raised.value.advice == "have it lifted"


def test_a_look_that_was_refused_never_ends_as_nothing_left() -> None:
    run = run_of(None)
    run.provisioner.leftovers = lambda _: Remains(unseen=(PermissionDenied("looking for file servers: no", "ask"),))
    with pytest.raises(PermissionDenied) as refused:
        look_for_leftovers(run)
    assert "may still be there" in refused.value.message
    assert refused.value.message.splitlines()[1:] == ["  looking for file servers: no"]
    assert refused.value.advice == "ask"


def test_what_is_left_is_named_together_with_what_could_not_be_looked_at() -> None:
    run = run_of(None)
    disk = Leftover("disk", "demo-disk", "us-central1-a", "gcloud compute disks delete demo-disk")
    run.provisioner.leftovers = lambda _: Remains((disk,), (Unreachable("looking for dashboards: 503"),))
    with pytest.raises(Leftovers) as left:
        look_for_leftovers(run)
    assert left.value.message.splitlines()[1].split()[:2] == ["disk", "demo-disk"]
    assert left.value.message.splitlines()[-1] == "  looking for dashboards: 503"


@pytest.mark.parametrize("step", [look_for_leftovers, delete_state])
def test_while_another_run_is_between_two_of_its_locks_nothing_is_removed(step: Callable[[Any], None]) -> None:
    run = run_of(None)
    run.store.add_run("create", working=True)
    with pytest.raises(StateLocked, match=r"another run is at work on demo: Create, process \d+ on elsewhere"):
        step(run)
    assert run.done == []


def test_a_run_that_only_waits_for_its_machines_is_no_reason_to_refuse() -> None:
    run = run_of(None)
    run.store.add_run("create", working=False)
    look_for_leftovers(run)
    assert run.done == ["looked over"]
