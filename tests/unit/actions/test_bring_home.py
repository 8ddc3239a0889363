"""Results of many machines come home: what one of them lacks keeps no other's from coming."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.actions.results import bring_home as module
from cluster_provision.actions.results.bring_home import bring_home
from cluster_provision.errors import MachineError, ProvisionError, StateStoreError
from cluster_provision.node import CommandResults
from cluster_provision.readiness.command_results import MachineResults
from cluster_provision.settings import GcpSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Results:
    """Has a log of each machine, but for what `refuse` raises at."""

    uri, source = "gs://b/demo-results/", "gs://b/demo-deployment/"

    def __init__(self, refuse: Callable[[str], None]) -> None:
        self._refuse = refuse

    def fetch(self, name: str, target: Path) -> bool:
        self._refuse(name)
        target.write_text(f"result of {name}")
        return True

    def keep(self, name: str, source: Path) -> None:
        raise AssertionError(name)

    def exist(self) -> bool:
        return True


def brought(monkeypatch: pytest.MonkeyPatch, refuse: Callable[[str], None], **settings: Any) -> tuple[Any, Any]:
    """The run's outputs by machine, and the failure."""
    there = CommandResults(output=10)
    machines = [MachineResults(name, failed=False, results=there) for name in ("demo-1", "demo-2", "demo-3")]
    monkeypatch.setattr(module, "results_there", lambda *_: machines)
    monkeypatch.setattr(module, "BackendStore", SimpleNamespace)
    run = SimpleNamespace(
        store=SimpleNamespace(results=Results(refuse)),
        settings=GcpSettings(project_id="p-123456", name_prefix="demo", zone=("us-central1-a",), **settings),
        result=SimpleNamespace(nodes=[], outputs=[]),
        progress=SimpleNamespace(conclude=lambda _: None),
    )
    with pytest.raises(ProvisionError) as failed:
        bring_home(cast("Any", run))
    return {each.node: each for each in run.result.outputs}, failed.value


def refused(name: str) -> None:
    if "demo-2" in name:
        raise StateStoreError("reading gs://b/x: 503", "Try again.")


def full(name: str) -> None:
    if "demo-2" in name:
        raise OSError(28, "No space left on device", "/tmp")


def test_one_machines_failure_is_raised_once_the_others_outputs_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs, failure = brought(monkeypatch, refused)
    assert [name for name, each in outputs.items() if each.text.startswith("result of")] == ["demo-1", "demo-3"]
    assert "503" in outputs["demo-2"].note
    assert isinstance(failure, StateStoreError)


def test_a_full_disk_is_named_and_the_results_stay_in_the_state_store(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs, failure = brought(monkeypatch, full)
    assert isinstance(failure, MachineError)
    assert "No space left on device" in outputs["demo-2"].note
    assert "still in the state store" in failure.advice


def test_where_the_cluster_goes_so_do_results_that_did_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    _, failure = brought(monkeypatch, full, cleanup_on_exit=True)
    assert "goes with the cluster" in failure.advice
    assert "still in the state store" not in failure.advice
