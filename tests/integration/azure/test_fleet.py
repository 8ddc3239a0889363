"""The actions on many machines where there are none that answer by SSH: played ones, and Google Cloud's."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.azure.tool import AzureTool
    from tests.integration.conftest import Tool

ACTIONS = (("Run", "true"), ("Gather", "/etc/hostname"), ("UpdateHosts",), ("Benchmark",))


def test_machines_that_do_not_answer_are_unreachable_and_create_says_so_without_failing(azure: AzureTool) -> None:
    key = azure.folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    settings = {"SSH_PATH": f"{key}.pub"}
    created = azure.result("Create", **settings)
    hosts = next(check for check in created["checks"] if check["name"] == "hosts")
    assert hosts["status"] == "unknown"
    head = created["connection"]["head"]
    for action in ACTIONS:
        error = azure.result(*action, expected=15, **settings)["error"]
        assert error["class"] == "Unreachable"
        assert f"does not answer at {head['address']} port {head['port']}" in error["message"]


def test_without_the_private_key_nothing_is_tried(azure: AzureTool) -> None:
    azure.result("Create")
    azure.key_file.unlink()  # the pair that was made for it is handed over once, and kept nowhere else
    error = azure.result("Run", "true", expected=10)["error"]
    assert error["class"] == "KeyRefused"
    assert "SSH_PRIVATE_KEY" in error["advice"]


def test_there_is_no_cluster_to_run_anything_on(azure: AzureTool) -> None:
    assert azure.result("Run", "true", expected=21)["error"]["class"] == "NotReady"


def test_gkes_nodes_are_not_reached_by_ssh(tool: Tool) -> None:
    error = tool.result("Run", "true", expected=2, ORCHESTRATOR_TYPE="gke")["error"]
    assert "not on CLOUD=gcp, ORCHESTRATOR_TYPE=gke in this version" in error["message"]
    assert "Connect" in error["advice"]


def test_benchmark_is_refused_on_gke_before_anything_is_asked(tool: Tool) -> None:
    error = tool.result("Benchmark", expected=2, ORCHESTRATOR_TYPE="gke")["error"]
    assert "Benchmark is not on CLOUD=gcp, ORCHESTRATOR_TYPE=gke" in error["message"]
