"""CLEANUP_ON_EXIT: a clean-up that goes wrong is told, and doesn't take the place of what the run ended with."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.actions import cleanup
from cluster_provision.actions.cleanup import destroyed_at_the_end
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import CapacityError, PermissionDenied, StateLocked


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (PermissionDenied("deleting the network: no"), "deleting the network: no"),
        (NotFound("looking: gone"), "NotFound"),
    ],
)
def test_the_runs_own_failure_holds_and_that_of_the_clean_up_is_said(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, told: str
) -> None:
    def clean_up(_: Any) -> None:
        raise failure

    monkeypatch.setattr(cleanup, "_clean_up", clean_up)
    said: list[str] = []
    run: Any = SimpleNamespace(
        settings=SimpleNamespace(cleanup_on_exit=True),
        provisioner=SimpleNamespace(began=True),
        console=SimpleNamespace(say=said.append),
    )
    with pytest.raises(CapacityError, match="no room"), destroyed_at_the_end(run):
        raise CapacityError("no room")
    assert len(said) == 1
    assert "may cost money" in said[0]
    assert told in said[0]


def test_a_run_that_has_made_nothing_cleans_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def clean_up(_: Any) -> None:
        pytest.fail("what is there is another run's")

    monkeypatch.setattr(cleanup, "_clean_up", clean_up)
    run: Any = SimpleNamespace(settings=SimpleNamespace(cleanup_on_exit=True), provisioner=SimpleNamespace(began=False))
    with pytest.raises(CapacityError, match="no room"), destroyed_at_the_end(run):
        raise CapacityError("no room")


def test_a_run_that_met_another_runs_lock_destroys_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleanup, "_clean_up", lambda _: pytest.fail("what is there is another run's"))
    said: list[str] = []
    run: Any = SimpleNamespace(
        settings=SimpleNamespace(cleanup_on_exit=True),
        provisioner=SimpleNamespace(began=True),
        console=SimpleNamespace(say=said.append),
    )
    with pytest.raises(StateLocked), destroyed_at_the_end(run):
        raise StateLocked("locked by somebody")
    assert said == ["Nothing is destroyed: another run works on this cluster."]
