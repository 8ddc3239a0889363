"""What Resume and Suspend take after their names."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.actions.slurm import power
from cluster_provision.actions.slurm.power import resume_nodes, suspend_nodes
from cluster_provision.errors import SettingsError
from cluster_provision.orchestrators.slurm.power import PROGRAM
from tests.unit.orchestrators.slurm.controllers import Powered, powered

if TYPE_CHECKING:
    from cluster_provision.run import Run


def run_of(argument: str, controller: Powered, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A run of these nodes whose steps are carried out without a cloud."""
    monkeypatch.setattr(power, "require_cluster", lambda _: None)

    def perform(run: Run, steps: Any) -> None:
        steps[-1].do(run)

    monkeypatch.setattr(power, "perform", perform)
    progress = SimpleNamespace(conclude=lambda _: None)
    return SimpleNamespace(
        argument=argument, target=controller, progress=progress, provisioner=SimpleNamespace(find=())
    )


@pytest.mark.parametrize("argument", ["--force demo-hpc-[1-2]", "demo-hpc-1 demo-hpc-2 --force"])
def test_suspend_with_force_acts_at_once(argument: str, monkeypatch: pytest.MonkeyPatch) -> None:
    controller = powered("demo-hpc-[1-2]: goes now")
    assert suspend_nodes(run_of(argument, controller, monkeypatch)) == "demo-hpc-[1-2]: goes now"
    assert controller.asked == [(PROGRAM, "suspend", "--force", "demo-hpc-[1-2]")]


def test_suspend_without_force_waits_for_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    controller = powered("demo-hpc-1: goes now")
    suspend_nodes(run_of("demo-hpc-1", controller, monkeypatch))
    assert controller.asked == [(PROGRAM, "suspend", "demo-hpc-1")]


def test_force_alone_names_no_node_and_resume_knows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="Suspend: the argument names no node"):
        suspend_nodes(run_of("--force", powered(), monkeypatch))
    with pytest.raises(SettingsError, match="Resume"):
        resume_nodes(run_of("--force demo-hpc-1", powered(), monkeypatch))


@pytest.mark.parametrize("action", [resume_nodes, suspend_nodes])
def test_the_controller_is_always_on_and_what_ends_its_cost_is_said(
    action: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller = powered()
    with pytest.raises(SettingsError, match="demo-controller is the controller, which is always on") as refused:
        action(run_of("demo-controller,demo-hpc-1", controller, monkeypatch))
    assert "Destroy" in refused.value.advice
    assert "DELETE_FILE_SHARES=no" in refused.value.advice
    assert controller.asked == []
