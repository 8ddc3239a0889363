"""Status tells of a run that works on the cluster."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.actions.status import look_at_cluster, look_at_lock
from cluster_provision.errors import StateStoreError
from tests.unit.state.kit import LOCK, Store


def run_of(monkeypatch: pytest.MonkeyPatch, store: Store) -> Any:
    """One that finds no cluster."""
    monkeypatch.setitem(look_at_cluster.__globals__, "look_at", lambda *_: None)
    return SimpleNamespace(
        store=store,
        facts=store.state,
        site=None,
        result=SimpleNamespace(checks=[], nodes=[], error=None),
        target=SimpleNamespace(cluster=SimpleNamespace(name="demo"), stages=lambda _: ()),
        provisioner=SimpleNamespace(run_id=""),
        progress=SimpleNamespace(conclude=lambda _: None, find_fault=lambda _: None),
    )


@pytest.mark.parametrize(
    ("lock", "noted", "told"),
    [
        (LOCK, LOCK.id, "held by root@elsewhere (Apply"),
        (None, "", "at work: Create, process 7 on elsewhere, https://github.com/a/b/actions/runs/3"),
    ],
)
def test_a_first_create_at_work_is_told_where_there_is_no_cluster_yet(
    monkeypatch: pytest.MonkeyPatch, lock: Any, noted: str, told: str
) -> None:
    store = Store(lock)
    store.add_run(lock=noted)
    run = run_of(monkeypatch, store)
    look_at_lock(run)
    look_at_cluster(run)
    assert run.result.error.exit_code == 21
    assert "there is no cluster demo yet" in run.result.error.message
    assert told in run.result.error.message


def test_without_one_there_is_no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(monkeypatch, Store())
    look_at_lock(run)
    look_at_cluster(run)
    assert run.result.error.message == "there is no cluster demo: no state at gs://b/demo"
    assert [check.detail for check in run.result.checks] == ["free"]


def test_a_run_at_work_that_could_not_be_looked_for_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> list[object]:
        raise StateStoreError("listing gs://b/demo/runs/: no storage.objects.list access")

    monkeypatch.setitem(look_at_lock.__globals__, "at_work", refuse)
    run = run_of(monkeypatch, Store())
    look_at_lock(run)
    look_at_cluster(run)
    (check,) = run.result.checks
    assert (check.name, check.status) == ("state lock", "unknown")
    assert "no storage.objects.list access" in check.detail
    assert "a run may be making it" in run.result.error.message
