"""The caller gets the role for the blobs of an account that was just made, and waits until it is known everywhere."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import pytest

from cluster_provision.errors import NotReady, StateStoreError
from cluster_provision.state.azure import account
from cluster_provision.state.azure.account import PATIENCE_SECONDS, Place, get_access

PLACE = Place("acct", "c", group="g", own=True)
UNKNOWN = NotReady("giving yourself access: PrincipalNotFound: Principal 7 does not exist in the directory 8.", "")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses; the clock stands still but for them."""
    pauses: list[float] = []
    monkeypatch.setattr(account.time, "sleep", pauses.append)
    monkeypatch.setattr(account.time, "monotonic", lambda: sum(pauses))
    return pauses


def access(monkeypatch: pytest.MonkeyPatch, readable: list[bool], *answers: Any) -> MagicMock:
    """Get access where the blobs are readable so, and the role is answered so."""
    cloud = MagicMock()
    cloud.account_id.return_value, cloud.caller.return_value = "/scope", "me"
    cloud.let_me_at_blobs.side_effect = answers
    monkeypatch.setattr(account, "_may_read", lambda _: readable.pop(0))
    get_access(cloud, PLACE, MagicMock())
    return cloud


def test_an_identity_that_the_directory_does_not_know_yet_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, slept: list[float]
) -> None:
    cloud = access(monkeypatch, [False, True], UNKNOWN, UNKNOWN, True)
    assert (cloud.let_me_at_blobs.call_count, len(slept)) == (3, 2)


def test_an_identity_that_is_never_known_ends_the_wait(monkeypatch: pytest.MonkeyPatch, slept: list[float]) -> None:
    with pytest.raises(NotReady, match="PrincipalNotFound"):
        access(monkeypatch, [False], *[UNKNOWN] * 100)
    assert PATIENCE_SECONDS <= sum(slept) <= PATIENCE_SECONDS + 10


def test_anything_else_that_is_not_ready_is_told_at_once(monkeypatch: pytest.MonkeyPatch, slept: list[float]) -> None:
    with pytest.raises(NotReady):
        access(monkeypatch, [False], NotReady("the group is being deleted", ""))
    assert slept == []


def test_a_role_that_may_not_be_given_is_told_with_the_command_for_somebody_who_may(
    monkeypatch: pytest.MonkeyPatch, slept: list[float]
) -> None:
    with pytest.raises(StateStoreError) as failed:
        access(monkeypatch, [False], False)
    assert "az role assignment create" in failed.value.advice and slept == []
