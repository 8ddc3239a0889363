"""Locks that heal: a killed run's is cleared by the next one or by Unlock, a living run's by nobody."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import TYPE_CHECKING, Any

from tests.integration.conftest import killed_outright
from tests.integration.gcp.answers import api_error
from tests.integration.gcp.state import LOCK, STATE

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

RUNS = "demo-deployment/runs/"
GROUP = {"host": "compute.googleapis.com", "method": "GET", "path": "/instanceGroupManagers/demo-mig"}
JOB = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}


def at_work(tool: Tool, delay: int = 10, **settings: str) -> subprocess.Popen[str]:
    """A Create that holds the lock and goes on holding it for a while."""
    tool.goes_wrong({"match": GROUP, "delay": delay})
    process = subprocess.Popen(
        tool.command("Create"), env={**tool.variables(**settings), **JOB}, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert any("instance_group_manager" in line for line in iter(process.stderr.readline, ""))
    return process


def runs(tool: Tool) -> list[str]:
    found = tool.client().list_blobs("aiinfra-terraform-my-project-1", prefix=RUNS)
    return [blob.name for blob in found]


def test_the_next_run_of_a_killed_one_heals_itself(tool: Tool) -> None:
    killed_outright(at_work(tool))
    tool.goes_wrong()
    refused = tool.result("Create", expected=14)["error"]
    assert "its run: Create, process " in refused["message"]
    assert "https://github.com/a/b/actions/runs/7" in refused["message"]
    assert "UNLOCK_DEAD=yes" in refused["advice"]
    said = tool.run("Create", UNLOCK_DEAD="yes")
    assert said.returncode == 0, said.stderr
    assert "whose process is not on this machine any more, is removed" in said.stderr
    assert runs(tool) == []
    tool.nothing_is_left_after_destroy(UNLOCK_DEAD="yes")


def test_unlock_leaves_a_run_that_lives_and_clears_the_lock_of_one_that_is_dead(tool: Tool) -> None:
    assert "nothing to clear" in tool.run("Unlock").stdout
    process = at_work(tool)
    refused = tool.result("Unlock", expected=14)["error"]
    assert "that run lives" in refused["message"]
    assert tool.bucket().blob(LOCK).exists()
    assert tool.result("Destroy", expected=14, UNLOCK_DEAD="yes")["error"]["class"] == "StateLocked"
    killed_outright(process)
    tool.goes_wrong()
    said = tool.run("Unlock")
    assert said.returncode == 0, said.stderr
    assert "is removed" in said.stdout
    assert not tool.bucket().blob(LOCK).exists()
    assert runs(tool) == []
    tool.result("Create")
    tool.nothing_is_left_after_destroy()


def test_a_run_whose_lock_could_not_be_released_says_that_it_went_through(tool: Tool) -> None:
    match = {"method": "DELETE", "host": "storage.googleapis.com", "path": "default.tflock"}
    tool.goes_wrong({"match": match, **api_error(403, "no storage.objects.delete access")})
    # the lock of init, which an empty place gets
    assert "storage.objects.delete" in tool.result("Create", expected=16)["error"]["message"]
    tool.goes_wrong()
    tool.result("Unlock", "--force") if tool.bucket().blob(LOCK).exists() else None
    tool.result("Create")
    tool.goes_wrong({"match": match, **api_error(403, "no storage.objects.delete access")})
    failed = tool.result("Create", expected=16, INSTANCE_COUNT="2")["error"]
    assert "terraform apply went through" in failed["message"]
    assert "This run's own lock stays" in failed["message"]
    assert LOCK in failed["advice"]
    tool.goes_wrong({"match": match, "times": 1, "status": 0})
    tool.bucket().blob(LOCK).delete()
    assert len(tool.result("Create", INSTANCE_COUNT="2")["nodes"]) == 2
    assert not tool.bucket().blob(LOCK).exists()


def test_terraform_that_is_killed_alone_leaves_no_lock(tool: Tool) -> None:
    process = at_work(tool)
    found = subprocess.run(["pgrep", "-P", str(process.pid), "terraform"], capture_output=True, text=True, check=False)
    subprocess.run(["kill", "-KILL", found.stdout.split()[0]], check=True)
    assert process.stderr is not None
    told = process.stderr.read()
    assert process.wait() == 20, told
    assert "ended from outside by SIGKILL" in told
    assert "This run's own lock, which was left, is released" in told
    assert not tool.bucket().blob(LOCK).exists()


def test_a_run_that_is_refused_the_lock_destroys_nothing_at_its_end(tool: Tool) -> None:
    tool.result("Create")
    held: dict[str, Any] = {"ID": "1", "Operation": "OperationTypeApply", "Who": "ci@runner"}
    held["Created"] = "2026-01-01T00:00:00Z"
    environment = tool.variables(CLEANUP_ON_EXIT="yes", INSTANCE_COUNT="2")
    process = subprocess.Popen(tool.command("Create"), env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in iter(process.stderr.readline, ""):
        if "✓ upload" in line:
            tool.bucket().blob(LOCK).upload_from_string(json.dumps(held))
        elif "✗ terraform" in line:
            tool.bucket().blob(LOCK).delete()
            break
    told = process.stderr.read()
    assert process.wait() == 14, told
    assert len(tool.result("Status")["nodes"]) == 1
    assert json.loads(tool.bucket().blob(STATE).download_as_text())["resources"]


def test_a_signal_ends_the_signs_of_life_too(tool: Tool) -> None:
    process = at_work(tool)
    assert runs(tool)
    # written several times by now, and no version for each: Destroy would have to delete them all
    assert len(list(tool.client().list_blobs("aiinfra-terraform-my-project-1", prefix=RUNS, versions=True))) == 1
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    process.stderr.read()
    assert process.wait() == 143
    assert runs(tool) == []


def test_a_run_whose_lock_is_taken_away_stops_and_touches_the_others_lock_no_more(tool: Tool) -> None:
    process = at_work(tool, delay=12)
    tool.bucket().blob(LOCK).upload_from_string(
        json.dumps({"ID": "x", "Who": "a@b", "Created": "2026-01-01T00:00:00Z"})
    )
    assert process.stderr is not None
    told = process.stderr.read()
    assert process.wait() == 14, told
    assert "taken away while it was at work" in told
    assert "a@b" in told
    assert tool.bucket().blob(LOCK).exists()
