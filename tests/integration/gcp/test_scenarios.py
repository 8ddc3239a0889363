"""What goes wrong while a cluster comes: the class's exit code, and afterwards Create or Destroy ends clean.

Stock-outs, quotas and zones: test_no_capacity.py, test_zones.py. Blocked and killed runs: test_destroy_blocked.py,
test_killed_runs.py. Bad accounts, buckets, locks: test_bad_situations.py.
"""

import re
import signal
import subprocess
from typing import Any

import pytest

from tests.integration.conftest import Tool
from tests.integration.gcp.answers import api_error
from tests.integration.gcp.shortages import NODE, STOCK_OUT, no_machine
from tests.unit.embedded_cloud.asked_cloud import until

TWO = {"INSTANCE_COUNT": "2"}


def test_one_api_that_is_forbidden_has_its_code_and_create_goes_on_once_it_is_not(tool: Tool) -> None:
    message = "Required 'compute.firewalls.create' permission for 'projects/my-project-1/global/firewalls/demo-dpl-iap'"
    match = {"method": "POST", "host": "compute.googleapis.com", "path": "global/firewalls"}
    tool.goes_wrong({"match": match, **api_error(403, message)})
    error = tool.result("Create", expected=11, NETWORK_CONFIG="new_network")["error"]
    assert "compute.firewalls.create" in error["message"]
    tool.goes_wrong()
    assert tool.result("Create", NETWORK_CONFIG="new_network")["ok"]
    tool.nothing_is_left_after_destroy(NETWORK_CONFIG="new_network")


def test_destroy_right_after_a_failed_create_leaves_nothing(tool: Tool) -> None:
    match = {"method": "POST", "host": "compute.googleapis.com", "path": "instanceGroupManagers"}
    tool.goes_wrong({"match": match, **api_error(403, "Required 'compute.instanceGroupManagers.create' permission")})
    tool.result("Create", expected=11, NETWORK_CONFIG="new_network")
    tool.nothing_is_left_after_destroy(NETWORK_CONFIG="new_network")


def test_a_slow_group_is_waited_for(tool: Tool) -> None:
    tool.goes_wrong({"match": {"host": NODE, "method": "BOOT"}, "times": 1, "delay": 3.0})
    said = tool.run("Create", **TWO)
    assert said.returncode == 0, said.stderr
    assert re.search(r"• nodes: [01] of 2 ready; [12] not started: demo-vm-", said.stderr)
    tool.nothing_is_left_after_destroy(**TWO)


def test_a_node_that_never_starts_is_named_and_the_others_are_ready(tool: Tool) -> None:
    tool.goes_wrong({"match": {"host": NODE, "method": "RECORD"}, "times": 1, "status": 200})
    error = tool.result("Create", expected=21, READY_TIMEOUT="0", **TWO)["error"]
    assert "not started: demo-vm-" in error["message"]
    statuses: list[str] = until(lambda: sorted_statuses(tool, expected=21) == ["missing", "ready"] and ["seen"])
    assert statuses
    tool.goes_wrong()
    tool.nothing_is_left_after_destroy(**TWO)


def sorted_statuses(tool: Tool, expected: int) -> list[str]:
    return sorted(n["status"] for n in tool.result("Status", expected=expected, **TWO)["nodes"])


@pytest.mark.parametrize("step", ["files", "buckets", "command"])
def test_one_nodes_failed_set_up_is_shown_and_made_anew_by_the_next_create(tool: Tool, step: str) -> None:
    failed = {"status": "failed", "step": step, "steps": [{"name": step, "status": "failed", "tail": "no such thing"}]}
    tool.goes_wrong({"match": {"host": NODE, "method": "RECORD"}, "times": 1, "status": 200, "body": failed})
    error = tool.result("Create", expected=24, STARTUP_COMMAND="true", **TWO)["error"]
    assert f"step {step} failed" in error["message"]
    assert "no such thing" in error["message"]
    assert tool.result("Create", STARTUP_COMMAND="true", **TWO)["ok"]
    tool.nothing_is_left_after_destroy(STARTUP_COMMAND="true", **TWO)


def test_a_machine_that_is_preempted_while_the_nodes_come_is_waited_for_again(tool: Tool) -> None:
    taken = {"match": {"host": NODE, "method": "PREEMPT"}, "times": 1, "delay": 0.2, "status": 200}
    slow = {"match": {"host": NODE, "method": "BOOT"}, "skip": 1, "times": 1, "delay": 8}
    tool.goes_wrong(taken, slow)
    created = tool.result("Create", **TWO)
    assert [n["machine"] for n in created["nodes"]] == ["RUNNING", "RUNNING"]
    assert tool.result("Status", **TWO)["ok"]
    tool.nothing_is_left_after_destroy(**TWO)


def test_a_preempted_machine_without_room_for_another_is_a_stock_out(tool: Tool) -> None:
    tool.result("Create", **TWO)
    tool.goes_wrong(no_machine(STOCK_OUT))
    first = tool.result("Status", **TWO)["nodes"][0]
    remake(tool, first["name"])
    result = until(lambda: missing(tool))
    assert result["error"]["class"] == "CapacityError"
    tool.nothing_is_left_after_destroy(**TWO)


def missing(tool: Tool) -> dict[str, Any] | None:
    """The result of a Status that finds machines missing; None before that."""
    ran = tool.run("Status", OUTPUT="json", **TWO)
    if ran.returncode != 13:
        return None
    import json

    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def remake(tool: Tool, name: str) -> None:
    """Have the group make a machine anew, as it does when one is preempted."""
    from tests.integration.gcp.calls import by_hand

    zone = "zones/us-central1-a"
    by_hand(
        "POST", f"{zone}/instanceGroupManagers/demo-mig/recreateInstances", {"instances": [f"{zone}/instances/{name}"]}
    )


def test_busy_apis_are_asked_again_until_they_answer(tool: Tool) -> None:
    for status in (429, 503):
        tool.goes_wrong(
            {"match": {"host": "compute.googleapis.com", "method": "POST"}, "times": 1, **api_error(status, "busy")},
            {"match": {"host": "storage.googleapis.com"}, "skip": 3, "times": 2, **api_error(status, "busy")},
        )
        assert tool.result("Create")["ok"]
        assert len(tool.answered(status)) == 3
        tool.goes_wrong()
        tool.nothing_is_left_after_destroy()


LATE = {"match": {"host": NODE, "method": "BOOT"}, "delay": 60.0}
"""Machines that take their time."""


def waiting(tool: Tool) -> subprocess.Popen[str]:
    """A Create that waits for its machines."""
    tool.goes_wrong(LATE)
    process = subprocess.Popen(tool.command("Create"), env=tool.variables(**TWO), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert any("• nodes: 0 of 2 ready" in line for line in iter(process.stderr.readline, ""))
    return process


def test_a_wait_whose_cluster_another_run_destroys_ends_and_writes_nothing_there(tool: Tool) -> None:
    process = waiting(tool)
    tool.result("Destroy", **TWO)
    told = process.communicate()[1]
    assert process.returncode == 21, told
    assert "another run has destroyed it" in told
    assert "Warning" not in told
    assert tool.left() == []


def test_a_wait_that_is_interrupted_says_what_runs_on_and_costs(tool: Tool) -> None:
    process = waiting(tool)
    process.send_signal(signal.SIGINT)
    told = process.communicate()[1]
    assert process.returncode == 130, told
    assert "runs on and costs money (2 nodes by now)" in told
    assert "USD an hour" in told.partition("stopped by SIGINT")[2]
    tool.goes_wrong()
    tool.nothing_is_left_after_destroy(**TWO)


def test_what_is_well_is_folded_and_what_is_not_is_shown(tool: Tool) -> None:
    said = tool.run("Create", VERBOSE="no", SKIP_CHECKS="quotas", **TWO)
    assert said.returncode == 0, said.stderr
    steps = re.findall(r"✓ ([^:(\n]+)", said.stderr)
    assert "preflight" in steps and "nodes" in steps
    assert not {"working folder", "upload", "render", "place", "last look"} & set(steps)
    assert "skipped" in said.stderr and "machine-type" not in said.stderr
    assert "google_compute" not in said.stderr
