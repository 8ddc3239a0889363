"""Benchmark from the command line on a Slurm cluster that isn't there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision import provisioners, targets
from cluster_provision.cli import run_action
from cluster_provision.clouds.base import Identity
from cluster_provision.result import Cluster
from cluster_provision.state.base import StateFacts
from cluster_provision.targets.existing.nccl import nccl_program
from tests.unit.fleet.tool import NoProvisioner, NoState
from tests.unit.orchestrators.slurm.machines import SLOW, Machines, Node, good, lyra, recorded

if TYPE_CHECKING:
    from cluster_provision.orchestrators.slurm.all_reduce import Program
    from cluster_provision.settings.existing.settings import ExistingSettings

SETTINGS = {
    "CLOUD": "existing",
    "ORCHESTRATOR_TYPE": "slurm",
    "NAME_PREFIX": "lyra",
    "NODES": "lyra[01-04]",
    "NCCL_TESTS": "/opt/nccl-tests/build",
}


class State(NoState):
    """The state of a cluster that was made."""

    def exists(self) -> bool:
        return True

    def facts(self) -> StateFacts:
        return StateFacts(exists=True, resources=5, ours=True)


class SlurmTarget(Machines):
    """As much of a target as the action needs."""

    cluster = Cluster("lyra", "abc123", "existing", "slurm")
    place = "head"
    settings: ExistingSettings

    def nccl_program(self) -> Program | None:
        return nccl_program(self.settings)

    def sign_in(self, prompt: object) -> tuple[Identity, str]:
        return Identity("somebody", "a test", {}), "4 machines"

    def store(self) -> State:
        return State()

    def close(self) -> None:
        pass


@dataclass
class Tool:
    """Runs Benchmark on `target`."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    target: SlurmTarget

    def __call__(self, **settings: str) -> tuple[int, str, str]:
        """The exit code, stdout and stderr."""
        for name, value in {**SETTINGS, **settings}.items():
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.setattr(targets, "target_of", self._with)
        self.monkeypatch.setattr(provisioners, "provisioner_of", lambda target: NoProvisioner())
        code = run_action("Benchmark")
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def json(self, **settings: str) -> tuple[int, dict[str, Any]]:
        """The exit code and the result."""
        code, out, _ = self(OUTPUT="json", **settings)
        return code, json.loads(out)

    def _with(self, settings: ExistingSettings) -> SlurmTarget:
        self.target.settings = settings
        return self.target


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tool:
    return Tool(monkeypatch, capsys, SlurmTarget(lyra(4)))


def test_a_good_run_prints_rows_and_a_verdict(tool: Tool) -> None:
    code, out, _ = tool()
    assert code == 0
    assert "All-reduce on 4 x node with 8 H100, 32 ranks" in out
    assert "Average bus bandwidth at 4 GiB: 470.00 GB/s" in out
    assert out.endswith("Verdict: ok\n")


def test_a_slow_node_is_unhealthy_and_the_text_shows_the_search(tool: Tool) -> None:
    tool.target.run = lambda nodes: good(nodes, SLOW if "lyra03" in nodes else 470.0)
    code, out, err = tool()
    assert code == 22
    assert "Bad: lyra03" in out
    assert "lyra[01-02]: ok, 470.0 GB/s at 4 GiB" in out
    assert "120.0 GB/s at 4 GiB, below 288" in err
    assert "bad: lyra03" in err


def test_the_result_has_each_run_of_the_search_with_its_command(tool: Tool) -> None:
    tool.target.run = lambda nodes: good(nodes, SLOW if "lyra03" in nodes else 470.0)
    code, result = tool.json()
    search = result["benchmark"]["search"]
    assert (code, search["bad"], search["suspects"]) == (22, ["lyra03"], [])
    assert [run["nodes"] for run in search["runs"]] == [
        ["lyra01", "lyra02"],
        ["lyra01", "lyra03"],
        ["lyra01", "lyra04"],
    ]
    assert [run["measured"] for run in search["runs"]] == [470.0, SLOW, 470.0]
    assert all("--nodelist=" in run["command"] for run in search["runs"])
    assert search["untested"] == []


def test_nodes_that_are_left_out_are_named_and_unknown_fails_a_strict_gate(tool: Tool) -> None:
    tool.target.nodes["lyra04"] = Node("ALLOCATED")
    code, result = tool.json()
    assert (code, result["benchmark"]["left_out"]) == (0, {"lyra04": "busy with other jobs"})
    assert {"name": "all-reduce nodes", "status": "unknown", "detail": "left out: lyra04: busy with other jobs"} in (
        result["checks"]
    )
    tool.target.strict_health = True
    assert tool()[0] == 22


def test_without_a_program_the_verdict_is_unknown_and_no_failure(tool: Tool) -> None:
    code, out, err = tool(NCCL_TESTS="")
    assert (code, out) == (0, "Verdict: unknown\n")
    assert "NCCL_TESTS names no folder" in err


def test_an_image_without_pyxis_is_refused_before_anything_is_run(tool: Tool) -> None:
    code, _, err = tool(NCCL_TESTS="", NCCL_TESTS_IMAGE="nccl:1")
    assert code == 2
    assert "needs Pyxis" in err
    assert tool.target.asked == []


def test_a_program_that_can_not_be_run_is_no_sick_cluster(tool: Tool) -> None:
    tool.target.run = lambda nodes: recorded("srun_g-import-failed")
    code, result = tool.json()
    assert (code, result["benchmark"]) == (24, None)
    assert "401 Unauthorized" in result["error"]["message"]
