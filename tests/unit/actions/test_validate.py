"""Validate says whether the state can be written and its lock released, or that it could not tell."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.actions.validate import look_at_rights
from cluster_provision.errors import PermissionDenied, StateStoreError
from cluster_provision.state.base import Rights

if TYPE_CHECKING:
    from collections.abc import Callable


def run_of(rights: Callable[[], Rights], *, there: bool = True, skip: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(
        store=SimpleNamespace(exists=lambda: there, rights=rights, noun="bucket", container="b"),
        settings=SimpleNamespace(skip_checks=skip),
        result=SimpleNamespace(checks=[]),
        progress=SimpleNamespace(conclude=lambda _: None),
    )


def refused() -> Rights:
    raise PermissionDenied("testing permissions: no")


@pytest.mark.parametrize(
    ("run", "status"),
    [
        (run_of(lambda: Rights("may be written")), "ok"),
        (run_of(lambda: Rights("", unproven="nobody tells")), "unknown"),
        (run_of(refused), "unknown"),
        (run_of(refused, there=False), "unknown"),
        (run_of(lambda: Rights("", missing=("x",)), skip=("permissions",)), "skipped"),
    ],
)
def test_what_is_not_proven_is_unknown(run: Any, status: str) -> None:
    look_at_rights(run)
    assert [check.status for check in run.result.checks] == [status]


def test_a_right_that_is_missing_fails_and_is_named() -> None:
    run = run_of(lambda: Rights("", missing=("storage.objects.delete",)))
    with pytest.raises(StateStoreError, match=r"storage\.objects\.delete"):
        look_at_rights(run)
    assert run.result.checks[0].status == "failed"
