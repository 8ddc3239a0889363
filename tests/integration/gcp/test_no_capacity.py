"""Groups that don't fill: said at once, given up on in time, with the code of the cause; and then nothing is lost."""

import signal
import subprocess
from typing import Any

import pytest

from tests.integration.conftest import Tool

NODE = "machines.rehearsal.internal"
STOCK_OUT = {
    "code": "ZONE_RESOURCE_POOL_EXHAUSTED",
    "message": "The zone 'projects/my-project-1/zones/us-central1-a' does not have enough resources available to "
    "fulfill the request.  '(resource type:compute)'.",
}
QUOTA = {
    "code": "QUOTA_EXCEEDED",
    "message": "Quota 'NVIDIA_A100_GPUS' exceeded.  Limit: 0.0 in region us-central1.",
}
DENIED = {
    "code": "PERMISSIONS_ERROR",
    "message": "Required 'compute.instances.create' permission for 'projects/my-project-1/zones/us-central1-a'",
}
IMPOSSIBLE = {
    "code": "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS",
    "message": "[pd-standard, n4-standard-16] features are not compatible for creating instance.",
}


def no_machine(why: dict[str, str], zone: str = "", **rule: Any) -> dict[str, Any]:
    """The rule by which machines can't be had, in one zone or in any."""
    return {"match": {"host": NODE, "method": "BOOT", "path": f"/{zone}"}, "status": 503, "body": why, **rule}


@pytest.mark.parametrize(
    ("why", "code", "advice"),
    [
        (STOCK_OUT, 13, "another zone"),
        (QUOTA, 12, "more quota"),
        (DENIED, 11, "permission"),
        (IMPOSSIBLE, 2, "DISK_TYPE"),
    ],
    ids=["stock-out", "quota", "permission", "settings"],
)
def test_the_cause_decides_the_exit_code_and_the_advice(
    tool: Tool, why: dict[str, str], code: int, advice: str
) -> None:
    tool.goes_wrong(no_machine(why))
    error = tool.result("Create", expected=code, CAPACITY_WAIT="0")["error"]
    assert " ".join(why["message"].split()) in error["message"]
    assert advice in error["advice"]
    tool.goes_wrong()
    assert tool.result("Create")["nodes"][0]["status"] == "ready"
    tool.nothing_is_left_after_destroy()


def test_a_stock_out_that_passes_in_time_is_shown_and_waited_out(tool: Tool) -> None:
    tool.goes_wrong(no_machine(STOCK_OUT, times=2))
    said = tool.run("Create")
    assert said.returncode == 0, said.stderr
    assert "ZONE_RESOURCE_POOL_EXHAUSTED" in said.stderr
    tool.nothing_is_left_after_destroy()


def test_errors_of_an_earlier_run_are_not_held_against_this_one(tool: Tool) -> None:
    tool.goes_wrong(no_machine(QUOTA))
    tool.result("Create", expected=12, CAPACITY_WAIT="0")
    tool.goes_wrong({"match": {"host": NODE, "method": "BOOT"}, "delay": 2.0})
    assert tool.result("Create", CAPACITY_WAIT="0")["ok"]


def test_a_run_that_waits_for_room_ends_at_a_signal_and_goes_on_later(tool: Tool) -> None:
    tool.goes_wrong(no_machine(STOCK_OUT))
    process = subprocess.Popen(tool.command("Create"), env=tool.variables(), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert any("ZONE_RESOURCE_POOL_EXHAUSTED" in line for line in iter(process.stderr.readline, ""))
    process.send_signal(signal.SIGINT)
    process.stderr.read()
    assert process.wait() == 130
    tool.goes_wrong()
    tool.result("Create")
    tool.nothing_is_left_after_destroy()
