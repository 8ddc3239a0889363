"""The report of a run, in REPORT_FILE and beside the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Tool

KEPT = "demo-deployment/report.html"


def test_create_status_and_destroy_each_leave_their_report(tool: Tool, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    made = tool.result("Create", INSTANCE_COUNT="2", REPORT_FILE=str(file))
    created = file.read_text()
    assert "Create of demo" in created
    assert all(f'id="node-{node["name"]}"' in created for node in made["nodes"])
    assert tool.bucket().blob(KEPT).download_as_text() == created
    assert [each["node"] for each in made["set_up"]] == sorted(node["name"] for node in made["nodes"])
    assert all(each["steps"] for each in made["set_up"])
    assert made["started"] <= made["steps"][0]["started"] <= made["steps"][-1]["started"]
    assert made["since"] != ""

    looked = tool.result("Status", INSTANCE_COUNT="2", REPORT_FILE=str(file))
    assert "Status of demo" in file.read_text()
    assert (looked["since"], looked["set_up"]) == (made["since"], made["set_up"])
    assert tool.bucket().blob(KEPT).download_as_text() == created

    destroyed = tool.result("Destroy", INSTANCE_COUNT="2", REPORT_FILE=str(file))
    assert destroyed["price"] == made["price"]
    assert "Destroy of demo" in file.read_text()
    assert tool.left() == []


def test_a_create_that_fails_leaves_a_report_of_that(tool: Tool, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    failed = tool.result("Create", expected=18, MAX_HOURLY_COST="0.01", REPORT_FILE=str(file))
    assert failed["error"]["class"] in file.read_text()
    assert tool.left() == []


def test_a_report_that_cannot_be_written_is_told_and_changes_no_exit_code(tool: Tool) -> None:
    said = tool.run("Status", REPORT_FILE="/proc/report.html")
    assert said.returncode == 21
    assert "Warning: the report could not be written to REPORT_FILE=/proc/report.html: " in said.stderr
    refused = tool.run("Status", REPORT_FILE="/nowhere/report.html")
    assert refused.returncode == 2
    assert "REPORT_FILE=/nowhere/report.html" in refused.stderr
