"""Failed machines are made anew by the run that corrects them, and never beside another run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.errors import StateLocked
from cluster_provision.targets.nodes import renew_failed_nodes
from tests.unit.state.kit import LOCK, Store

if TYPE_CHECKING:
    from cluster_provision.state.base import Lock


def renewed(lock: Lock | None) -> list[str]:
    """Which machines are made anew under that lock."""
    done: list[str] = []
    store: Any = Store(lock)
    store.node_summaries = lambda: [SimpleNamespace(name="vm-1", instance_id="7", status="failed")]
    store.forget_nodes = lambda keep: None
    target: Any = SimpleNamespace(
        machines=lambda: [SimpleNamespace(name="vm-1", instance_id="7")],
        renew=lambda machines: done.extend(each.name for each in machines),
    )
    said: list[str] = []
    site: Any = SimpleNamespace(store=store, facts=SimpleNamespace(resources=3), say=said.append)
    try:
        renew_failed_nodes(target, site)
    except StateLocked:
        assert done == []
        raise
    assert any("vm-1" in line for line in said)
    return done


def test_they_are_made_anew() -> None:
    assert renewed(None) == ["vm-1"]


def test_beside_another_run_they_are_left() -> None:
    with pytest.raises(StateLocked, match="root@elsewhere"):
        renewed(LOCK)
