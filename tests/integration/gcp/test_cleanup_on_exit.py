"""CLEANUP_ON_EXIT=yes: the cluster is there as long as the run, and gone with it, however it ends."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Tool
from tests.integration.gcp.answers import api_error
from tests.integration.gcp.shortages import NODE, STOCK_OUT, no_machine
from tests.integration.gcp.state import LOCK

YES = {"CLEANUP_ON_EXIT": "yes"}


def started(tool: Tool, **settings: str) -> subprocess.Popen[str]:
    environment = tool.variables(OUTPUT="json", **YES, **settings)
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(tool.command("Create"), env=environment, text=True, **pipes)


def said_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr is not None
    lines = []
    for line in iter(process.stderr.readline, ""):
        lines.append(line)
        if text in line:
            return
    raise AssertionError("".join(lines))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_cluster_stays_until_a_signal_and_is_gone_then(
    tool: Tool, number: signal.Signals, hangup_heard: None
) -> None:
    process = started(tool)
    assert process.stdout is not None
    result = json.loads(process.stdout.readline())
    assert result["ok"]
    said_until(process, "The cluster stays")
    assert tool.result("Status")["ok"]
    process.send_signal(number)
    process.send_signal(signal.SIGTERM)  # as CI systems do
    rest, told = process.communicate()
    assert process.returncode == 0, told
    assert rest == ""  # the result was told once
    assert tool.left() == []


def test_a_create_that_fails_keeps_its_exit_code_and_leaves_nothing(tool: Tool) -> None:
    tool.goes_wrong(no_machine(STOCK_OUT))
    assert tool.result("Create", expected=13, CAPACITY_WAIT="0", **YES)["error"]["exit_code"] == 13
    assert tool.left() == []


def test_a_create_that_is_interrupted_while_terraform_works_leaves_nothing(tool: Tool) -> None:
    match = {"method": "POST", "host": "compute.googleapis.com", "path": "instanceTemplates"}
    tool.goes_wrong({"match": match, "delay": 1.0})
    process = started(tool)
    said_until(process, "google_compute_instance_template")
    process.send_signal(signal.SIGTERM)
    out, told = process.communicate()
    assert process.returncode == 143, told
    assert json.loads(out)["error"]["class"] == "Interrupted"
    assert tool.left() == []


def test_a_run_that_never_began_leaves_another_runs_cluster_alone(tool: Tool) -> None:
    tool.result("Create")
    before = [name for name in tool.left() if "storage" not in name]
    tool.bucket().blob(LOCK).upload_from_string("{}")
    tool.result("Create", expected=14, **YES)
    tool.bucket().blob(LOCK).delete()
    assert [name for name in tool.left() if "storage" not in name] == before
    assert tool.result("Status")["ok"]


JOB = {"STARTUP_COMMAND": "python3 train.py", "WAIT_FOR_STARTUP_COMMAND": "yes"}


def test_with_the_command_awaited_the_run_ends_with_its_output_and_speaks_of_nothing_that_is_gone(tool: Tool) -> None:
    said = tool.run("Create", **YES, **JOB)
    assert said.returncode == 0, said.stderr
    assert "    played by the rehearsal: STARTUP_COMMAND was not run" in said.stdout
    assert "ssh" not in said.stdout
    assert said.stdout.rstrip().splitlines()[-1].startswith("Cluster demo is gone")
    assert "gs://" not in said.stdout
    assert tool.left() == []


def test_results_outlive_their_cluster(tool: Tool, tmp_path: Path) -> None:
    wanted = {"RESULTS_DIR": "/var/tmp/results", "OUTPUT_DIR": str(tmp_path / "here"), "INSTANCE_COUNT": "2"}
    result = tool.result("Create", **YES, **JOB, **wanted)
    kept = {blob.name.partition("/")[2].partition("/")[2]: blob for blob in tool.bucket().list_blobs()}
    nodes = [each["node"] for each in result["outputs"]]
    assert sorted(kept) == sorted(f"{node}.{kind}" for node in nodes for kind in ("log", "tar.gz"))
    assert all(blob.name.startswith("demo-results/") for blob in kept.values())
    for each in result["outputs"]:
        own = tmp_path / "here" / each["node"]
        assert (own / "output.log").read_text() == each["text"]
        assert each["node"] in (own / "results/played.txt").read_text()
    assert result["connection"] == {}


def test_a_command_that_failed_brings_its_output_home_too(tool: Tool) -> None:
    failed = {"status": "failed", "step": "command", "steps": [{"name": "command", "status": "failed", "tail": "boom"}]}
    tool.goes_wrong({"match": {"host": NODE, "method": "RECORD"}, "status": 200, "body": failed})
    result = tool.result("Create", expected=24, RESULTS_DIR="/var/tmp/results", **YES, **JOB)
    assert [each["status"] for each in result["outputs"]] == ["failed"]
    assert result["outputs"][0]["kept"].startswith("gs://")
    assert "The cluster is gone" in result["error"]["advice"]
    assert [name for name in tool.left() if "storage" not in name] == []


def test_destroy_leaves_results_and_says_where_they_are(tool: Tool) -> None:
    results = {"RESULTS_DIR": "/var/tmp/results"}
    tool.result("Create", **JOB, **results)
    said = tool.run("Destroy", **JOB, **results)
    assert said.returncode == 0, said.stderr
    assert "What its commands have left stays at gs://" in said.stdout
    assert all(blob.name.startswith("demo-results/") for blob in tool.bucket().list_blobs())


def test_without_results_the_output_is_an_artefact_that_goes_with_the_cluster(tool: Tool) -> None:
    (output,) = tool.result("Create", **JOB)["outputs"]
    name = output["kept"].partition("/demo-deployment/")[2]
    assert tool.bucket().blob(f"demo-deployment/{name}").download_as_text() == output["text"]
    tool.nothing_is_left_after_destroy()


def test_without_a_wait_nothing_is_fetched(tool: Tool) -> None:
    assert tool.result("Create", STARTUP_COMMAND="python3 train.py")["outputs"] == []
    assert not [blob.name for blob in tool.bucket().list_blobs() if "/nodes/output/" in blob.name]
    tool.nothing_is_left_after_destroy()


def test_a_clean_up_that_fails_is_the_runs_failure(tool: Tool) -> None:
    process = started(tool)
    said_until(process, "The cluster stays")
    match = {"method": "DELETE", "host": "compute.googleapis.com", "path": "instanceTemplates"}
    tool.goes_wrong({"match": match, **api_error(403, "Required 'compute.instanceTemplates.delete' permission")})
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 11, told
    assert "compute.instanceTemplates.delete" in told
    tool.goes_wrong()
    tool.nothing_is_left_after_destroy()


def test_a_clean_up_that_fails_after_a_failed_create_is_said_and_the_first_cause_counts(tool: Tool) -> None:
    match = {"method": "DELETE", "host": "compute.googleapis.com", "path": "instanceTemplates"}
    failed = {"status": "failed", "step": "command", "steps": [{"name": "command", "status": "failed", "tail": "boom"}]}
    tool.goes_wrong(
        {"match": match, **api_error(403, "Required 'compute.instanceTemplates.delete' permission")},
        {"match": {"host": NODE, "method": "RECORD"}, "status": 200, "body": failed},
    )
    said = tool.run("Create", STARTUP_COMMAND="false", **YES)
    assert said.returncode == 24
    assert "could not be cleaned up" in said.stderr
    tool.goes_wrong()
    tool.nothing_is_left_after_destroy()
