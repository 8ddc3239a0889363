"""Removing everything: what the cloud made beside Terraform goes first where it is in the way."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.errors import PermissionDenied, StateLocked, TerraformError
from cluster_provision.provisioners.terraform import removal
from cluster_provision.provisioners.terraform.removal import remove_everything, remove_from_place
from cluster_provision.result import Changes

IN_USE = TerraformError("terraform destroy failed: the network is in use")


def run_of(monkeypatch: pytest.MonkeyPatch, terraform: list[Any], sweeps: list[Any], kept: tuple[str, ...] = ()) -> Any:
    """A run whose Terraform and sweeps end so, one after the other; `said` are the lines that a user sees."""
    monkeypatch.setattr(removal, "settle", lambda *_: None)
    monkeypatch.setattr(removal, "refuse_locked", lambda *_: None)

    def next_of(coming: list[Any]) -> Any:
        answer = coming.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    said: list[str] = []
    forgotten: list[str] = []
    return SimpleNamespace(
        terraform=SimpleNamespace(apply=lambda **_: next_of(terraform), forget=forgotten.extend),
        forgotten=forgotten,
        facts=None,
        target=SimpleNamespace(sweep=lambda *_: next_of(sweeps), kept=lambda *_: kept),
        store=None,
        console=SimpleNamespace(say=said.append),
        said=said,
    )


def test_what_was_in_the_way_goes_and_terraform_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(monkeypatch, [IN_USE, Changes(destroy=3)], [True, False])
    assert remove_everything(run, run) == Changes(destroy=3)


def test_nothing_is_swept_beside_a_run_that_has_begun_since(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(monkeypatch, [Changes(destroy=3)], [])

    def refuse(_: Any) -> None:
        raise StateLocked("locked by somebody")

    monkeypatch.setattr(removal, "refuse_locked", refuse)
    with pytest.raises(StateLocked):
        remove_everything(run, run)


def test_where_nothing_was_terraforms_word_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TerraformError, match="in use"):
        remove_everything(*[run_of(monkeypatch, [IN_USE], [False])] * 2)


def test_a_sweep_that_fails_is_said_and_terraforms_word_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(monkeypatch, [IN_USE], [PermissionDenied("deleting rule k8s-1:\nno")])
    with pytest.raises(TerraformError, match="in use"):
        remove_everything(run, run)
    assert run.said == ["  deleting rule k8s-1: no"]


def test_what_is_to_stay_leaves_the_state_before_the_rest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(monkeypatch, [Changes(destroy=3)], [False], ("module.disk.this",))
    assert remove_everything(run, run) == Changes(destroy=3)
    assert run.forgotten == ["module.disk.this"]


def test_where_a_place_is_given_up_only_what_was_there_before_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(monkeypatch, [Changes(destroy=3)], [False], ("module.disk.this",))
    run.target.there_before = lambda *_: ("module.disk.old",)
    run.store = SimpleNamespace(claimed_at=lambda: datetime(2026, 1, 1, tzinfo=UTC), facts=lambda: None)
    assert remove_from_place(run, run) == Changes(destroy=3)
    assert run.forgotten == ["module.disk.old"]
