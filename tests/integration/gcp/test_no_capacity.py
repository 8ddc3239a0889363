"""Groups that don't fill: said at once, given up on in time, with the code of the cause; and then nothing is lost."""

import signal
import subprocess

import pytest

from tests.integration.conftest import Tool
from tests.integration.gcp.shortages import DENIED, IMPOSSIBLE, NODE, QUOTA, STOCK_OUT, no_machine


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
