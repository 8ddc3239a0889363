"""Status tells how a cluster is and changes nothing; its exit code is that of what isn't as it should be."""

from tests.integration.conftest import Tool
from tests.integration.gcp.shortages import NODE, QUOTA, STOCK_OUT, no_machine


def test_a_cluster_that_works_is_shown_with_its_machines_records_and_notebooks(tool: Tool) -> None:
    created = tool.result("Create", INSTANCE_COUNT="2")
    said = tool.run("Status", INSTANCE_COUNT="2")
    assert said.returncode == 0, said.stderr
    for node in created["nodes"]:
        row = next(line for line in said.stdout.splitlines() if line.startswith(node["name"]))
        assert row.split() == [
            node["name"],
            "us-central1-a",
            node["address"],
            "RUNNING",
            "ready",
            "done",
            "healthy",
            node["jupyter"],
        ]
    result = tool.result("Status", INSTANCE_COUNT="2")
    assert result["nodes"] == created["nodes"]
    assert result["price"] == created["price"]
    assert "USD an hour" in said.stdout
    assert {c["name"]: c["status"] for c in result["checks"]}["notebooks"] == "ok"
    assert result["connection"]["ssh"] == created["connection"]["ssh"]


def test_status_changes_nothing(tool: Tool) -> None:
    tool.result("Status", expected=21)
    assert tool.left() == []
    tool.result("Create")
    before = tool.left()
    tool.result("Status")
    assert tool.left() == before


def test_there_being_no_cluster_is_said(tool: Tool) -> None:
    assert "there is no cluster demo" in tool.result("Status", expected=21)["error"]["message"]


def test_what_keeps_machines_from_coming_decides_the_exit_code(tool: Tool) -> None:
    for why, code in ((STOCK_OUT, 13), (QUOTA, 12)):
        tool.goes_wrong(no_machine(why))
        tool.result("Create", expected=code, CAPACITY_WAIT="0")
        result = tool.result("Status", expected=code)
        assert why["code"] in result["error"]["message"]
        assert [n["status"] for n in result["nodes"]] == ["missing"]
        tool.result("Destroy")


def test_a_failed_node_is_shown_with_its_last_lines(tool: Tool) -> None:
    failed = {
        "status": "failed",
        "step": "command",
        "steps": [{"name": "command", "status": "failed", "tail": "python: not found"}],
    }
    tool.goes_wrong({"match": {"host": NODE, "method": "RECORD"}, "times": 1, "status": 200, "body": failed})
    tool.result("Create", expected=24, STARTUP_COMMAND="python train.py")
    said = tool.run("Status", STARTUP_COMMAND="python train.py")
    assert said.returncode == 24
    assert "python: not found" in said.stderr
    assert "failed" in said.stdout


def test_a_notebook_that_stopped_answering_is_not_ready(tool: Tool) -> None:
    tool.result("Create")
    tool.goes_wrong({"match": {"host": ".*notebooks.googleusercontent.com"}, "status": 502})
    error = tool.result("Status", expected=21)["error"]
    assert "does not answer" in error["message"]
    assert tool.result("Status", SHOW_PROXY_URL="no")["ok"]


def test_the_zone_of_the_state_counts_for_status(tool: Tool) -> None:
    tool.goes_wrong(no_machine(STOCK_OUT, "us-central1-a"))
    tool.result("Create", ZONE="us-central1-a,us-central1-b", CAPACITY_WAIT="0")
    assert tool.result("Status")["nodes"][0]["zone"] == "us-central1-b"


def test_a_command_that_is_waited_for_and_still_runs_is_no_readiness(tool: Tool) -> None:
    running = {"status": "ready", "step": "command", "steps": [{"name": "command", "status": "running"}]}
    tool.goes_wrong({"match": {"host": NODE, "method": "RECORD"}, "status": 200, "body": running})
    command = {"STARTUP_COMMAND": "sleep 60"}
    tool.result("Create", **command)
    assert tool.result("Status", **command)["ok"]
    error = tool.result("Status", expected=21, WAIT_FOR_STARTUP_COMMAND="yes", **command)["error"]
    assert "startup command still running on 1: demo-vm-" in error["message"]
