"""What is there already and can't be taken over is told with what it was to be made with."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.errors import AlreadyThere, StateLocked
from cluster_provision.provisioners.terraform import adoption
from cluster_provision.terraform.runner import Planned
from tests.unit.state.kit import LOCK, Store

ADDRESS = "module.identity.azurerm_role_assignment.records"


def test_the_advice_has_the_values_that_terraform_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adoption, "imports_written", lambda *_: contextlib.nullcontext())

    def refuse() -> None:
        raise AlreadyThere(
            "RoleAssignmentExists", "az role assignment list --scope <scope> --ids <assignment>", (ADDRESS,)
        )

    session: Any = SimpleNamespace(
        workspace=None,
        terraform=SimpleNamespace(
            apply=refuse, to_be_made=lambda: {ADDRESS: Planned("azurerm_role_assignment", {"scope": "/s/a b", "n": 1})}
        ),
        target=SimpleNamespace(adoptable=lambda *_: ""),
    )
    store = SimpleNamespace(
        exists=lambda: True, lock=lambda: None, claimed_at=lambda: datetime(2026, 11, 30, tzinfo=UTC)
    )
    run: Any = SimpleNamespace(store=store)
    with pytest.raises(AlreadyThere) as raised:
        adoption.apply_and_adopt(session, run)
    assert raised.value.advice == "az role assignment list --scope '/s/a b' --ids <assignment>"


def test_nothing_is_taken_over_while_another_run_holds_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adoption, "imports_written", lambda *_: contextlib.nullcontext())

    def refuse() -> None:
        raise AlreadyThere("already exists", "", (ADDRESS,))

    session: Any = SimpleNamespace(workspace=None, terraform=SimpleNamespace(apply=refuse))
    run: Any = SimpleNamespace(store=Store(LOCK), target=SimpleNamespace(cluster=SimpleNamespace(name="demo")))
    with pytest.raises(StateLocked):
        adoption.apply_and_adopt(session, run)
