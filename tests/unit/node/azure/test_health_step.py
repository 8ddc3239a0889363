"""The health step: once in a machine's life, beside what follows, but never beside the user's command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.azure.kit import AzureMachine, FakeAzure


@pytest.fixture(autouse=True)
def _alone(node: AzureMachine) -> None:
    node.only("health")


def checks(node: AzureMachine, verdict: str = "healthy", status: int = 0) -> Path:
    """Stand-ins for the checks of /opt, which find this; each run adds a line to the file."""
    runs = node.root / "runs"
    script = node.root / "opt/run-health-checks.sh"
    script.parent.mkdir(exist_ok=True)
    found = json.dumps({"verdict": verdict, "host": "", "checks": []})
    script.write_text(
        f"echo ran >>{runs}; echo '{found}' >{node.root}/var/lib/cluster/health.json\n"
        f"bash {node.root}/var/lib/cluster/bootstrap.sh report\nexit {status}\n"
    )
    return runs


@pytest.mark.parametrize(("verdict", "status"), [("healthy", 0), ("unhealthy", 1), ("skipped", 0)])
def test_the_checks_run_and_their_verdict_is_reported(
    node: AzureMachine, azure: FakeAzure, verdict: str, status: int
) -> None:
    checks(node, verdict, status)
    node.configure(gpus=8, health_gate="warn")

    node.start()

    upload = azure.upload_when(lambda each: each["metadata"].get("health") == verdict)
    assert upload["record"]["health"]["verdict"] == verdict
    assert node.step("health")["status"] == "ok"
    assert node.record()["status"] == "ready"


def test_checks_that_could_not_tell_fail_their_step_and_not_the_node(node: AzureMachine, azure: FakeAzure) -> None:
    checks(node, "unknown", 2)
    node.configure(gpus=8, health_gate="warn")

    node.start()

    azure.upload_when(lambda each: each["metadata"].get("health") == "unknown")
    assert node.step("health")["status"] == "failed"
    assert "status 2" in node.step("health")["tail"]
    assert node.record()["status"] == "ready"


def test_a_machine_without_gpus_says_so_too(node: AzureMachine) -> None:
    runs = checks(node, "skipped")
    node.configure(gpus=0, health_gate="warn")

    node.start()

    assert runs.read_text() == "ran\n"


def test_the_command_begins_when_the_checks_have_ended(node: AzureMachine, azure: FakeAzure) -> None:
    runs = checks(node)
    node.configure(gpus=8, health_gate="warn", startup_command=f"cp {runs} {node.root}/when-the-command-began")

    node.start()

    azure.record_when(lambda record: record["step"] == "done")
    assert (node.root / "when-the-command-began").read_text() == "ran\n"


@pytest.mark.parametrize(("verdict", "status", "again"), [("healthy", 0, 1), ("unhealthy", 1, 1), ("unknown", 2, 2)])
def test_a_verdict_is_found_once_and_what_is_not_known_again_at_the_next_start(
    node: AzureMachine, verdict: str, status: int, again: int
) -> None:
    runs = checks(node, verdict, status)
    node.configure(gpus=8, health_gate="warn")

    node.start()
    node.start()

    assert runs.read_text().count("ran") == again
    assert node.record()["health"]["verdict"] == verdict


def test_checks_that_a_power_cut_ended_run_again(node: AzureMachine) -> None:
    runs = checks(node)
    node.configure(gpus=8, health_gate="warn")
    node.start()
    (node.root / "var/lib/cluster/health.json").write_text('{"verdict": "running", "host": "", "checks": []}')

    node.start()

    assert runs.read_text().count("ran") == 2


def test_the_verdict_of_the_machine_that_an_image_was_made_of_is_forgotten(node: AzureMachine) -> None:
    runs = checks(node)
    node.configure(gpus=8, health_gate="warn")
    node.start()
    (node.root / "var/lib/cluster/health-of").write_text("another machine\n")

    node.start()

    assert runs.read_text().count("ran") == 2


def test_no_check_runs_by_itself_with_the_gate_off(node: AzureMachine) -> None:
    runs = checks(node)
    node.configure(gpus=8, health_gate="off")

    node.start()

    assert not runs.exists()
    assert node.step("health")["status"] == "skipped"
    assert node.record()["health"] == {}


def test_a_stricter_gate_changes_nothing_on_the_machines(node: AzureMachine) -> None:
    node.configure(health_gate="warn")
    before = node.text("/etc/cluster/config.json")

    node.configure(health_gate="strict")

    assert node.text("/etc/cluster/config.json") == before
