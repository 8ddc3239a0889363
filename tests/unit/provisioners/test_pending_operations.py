"""What an earlier run left under way is waited for and given up, and never what a run does that is at work."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from cluster_provision.errors import StateLocked
from cluster_provision.provisioners.terraform.pending_operations import settle
from cluster_provision.state.base import Lock
from tests.unit.state.kit import Store


def settled(lock: Lock | None) -> list[str]:
    """What is done, with that lock on the state."""
    done: list[str] = []
    store = Store(lock)
    target = SimpleNamespace(cluster=SimpleNamespace(name="demo"), settle=lambda *_: done.append("settled"))
    run = cast("Any", SimpleNamespace(store=store, target=target, progress=SimpleNamespace(update=print)))
    settle(run, run)
    return done


def test_a_run_that_began_since_the_first_look_at_the_lock_is_left_alone() -> None:
    with pytest.raises(StateLocked, match="locked by somebody"):
        settled(Lock("somebody", "2026-11-25T12:00:00Z", "Apply", "gcloud storage rm x"))


def test_without_one_the_target_settles() -> None:
    assert settled(None) == ["settled"]
