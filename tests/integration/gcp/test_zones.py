"""ZONE with alternatives: where one has no room, the cluster is made in the next, and nothing of it stays behind."""

import json
import signal
import subprocess

import pytest

from tests.integration.conftest import Tool
from tests.integration.gcp.answers import api_error
from tests.integration.gcp.shortages import QUOTA, STOCK_OUT, no_machine

TWO = "us-central1-a,us-central1-b"
FAR = "us-central1-a,us-central1-b,europe-west4-a"
IMPATIENT = {"CAPACITY_WAIT": "0"}
STATE = "demo-deployment/terraform/state/default.tfstate"


@pytest.mark.parametrize(
    "also",
    [
        {"NETWORK_CONFIG": "default_network", "NFS_FILESHARE_LIST": "/mnt/a:BASIC_HDD,/mnt/b:ENTERPRISE"},
        {"NETWORK_CONFIG": "new_network", "COMPACT_PLACEMENT": "yes"},
        {"NETWORK_CONFIG": "multi_nic_network", "VM_TYPE": "a3-highgpu-8g"},
        {"NETWORK_CONFIG": "multi_nic_network", "VM_TYPE": "a3-ultragpu-8g", "PROVISIONING_MODEL": "spot"},
    ],
    ids=" ".join,
)
def test_a_stock_out_moves_on_to_the_next_zone_and_leaves_nothing_behind(tool: Tool, also: dict[str, str]) -> None:
    settings = {"ZONE": FAR, "INSTANCE_COUNT": "2", **also, **IMPATIENT}
    tool.goes_wrong(no_machine(STOCK_OUT, "us-central1-"))
    result = tool.result("Create", **settings)
    assert {n["zone"] for n in result["nodes"]} == {"europe-west4-a"}
    left = tool.left()
    assert [name for name in left if "us-central1" not in name] == left != []
    assert tool.result("Plan", **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    tool.nothing_is_left_after_destroy(**settings)


def test_the_move_is_said_with_its_reason(tool: Tool) -> None:
    tool.goes_wrong(no_machine(STOCK_OUT, "us-central1-a"))
    said = tool.run("Create", ZONE=TWO, **IMPATIENT)
    assert said.returncode == 0, said.stderr
    assert "us-central1-a has no room for this cluster" in said.stderr
    assert "ZONE_RESOURCE_POOL_EXHAUSTED" in said.stderr
    assert "trying us-central1-b next" in said.stderr


def test_a_cluster_stays_in_its_second_zone_though_the_first_has_room_again(tool: Tool) -> None:
    tool.goes_wrong(no_machine(STOCK_OUT, "us-central1-a"))
    first = tool.result("Create", ZONE=TWO, **IMPATIENT)
    tool.goes_wrong()
    again = tool.result("Create", ZONE=TWO)
    assert again["changes"] == {"add": 0, "change": 0, "destroy": 0}
    assert again["nodes"] == first["nodes"]
    tool.nothing_is_left_after_destroy(ZONE="us-central1-f")  # wherever ZONE leads by now


def test_machines_that_work_are_not_given_up_for_more_of_them(tool: Tool) -> None:
    first = tool.result("Create", ZONE=TWO)
    tool.goes_wrong(no_machine(STOCK_OUT, "us-central1-a"))
    error = tool.result("Create", expected=13, ZONE=TWO, INSTANCE_COUNT="3", **IMPATIENT)["error"]
    assert "ZONE_RESOURCE_POOL_EXHAUSTED" in error["message"]
    back = tool.result("Create", ZONE=TWO, INSTANCE_COUNT="1")  # those that never came go first
    assert back["nodes"] == first["nodes"]


def test_without_a_zone_left_all_are_named_with_their_reasons_and_nothing_is_kept(tool: Tool) -> None:
    tool.goes_wrong(no_machine(STOCK_OUT, "us-central1-"), no_machine(QUOTA, "europe-west4-"))
    error = tool.result("Create", expected=13, ZONE=FAR, **IMPATIENT)["error"]
    for zone, why in (("us-central1-a", STOCK_OUT), ("us-central1-b", STOCK_OUT), ("europe-west4-a", QUOTA)):
        assert any(zone in line and why["code"] in line for line in error["message"].splitlines())
    assert not [name for name in tool.left() if "compute" in name]
    tool.goes_wrong()
    assert {n["zone"] for n in tool.result("Create", ZONE=FAR)["nodes"]} == {"us-central1-a"}
    tool.nothing_is_left_after_destroy(ZONE=FAR)


def test_a_quota_moves_on_to_another_region_alone(tool: Tool) -> None:
    tool.goes_wrong(no_machine(QUOTA, "us-central1-"))
    assert {n["zone"] for n in tool.result("Create", ZONE=FAR, **IMPATIENT)["nodes"]} == {"europe-west4-a"}
    tool.nothing_is_left_after_destroy(ZONE=FAR)
    assert QUOTA["code"] in tool.result("Create", expected=12, ZONE=TWO, **IMPATIENT)["error"]["message"]


def test_a_quota_of_the_whole_project_moves_nowhere(tool: Tool) -> None:
    everywhere = {"code": "QUOTA_EXCEEDED", "message": "Quota 'GPUS_ALL_REGIONS' exceeded.  Limit: 0.0 globally."}
    tool.goes_wrong(no_machine(everywhere))
    tool.result("Create", expected=12, ZONE=FAR, **IMPATIENT)


def test_what_terraform_itself_finds_out_moves_on_too(tool: Tool) -> None:
    match = {"method": "POST", "host": "compute.googleapis.com", "path": "zones/us-central1-a/instanceGroupManagers"}
    message = (
        "The zone 'projects/p/zones/us-central1-a' does not have enough resources available to fulfill the request."
    )
    tool.goes_wrong({"match": match, **api_error(400, message, "invalid")})
    assert {n["zone"] for n in tool.result("Create", ZONE=TWO)["nodes"]} == {"us-central1-b"}
    tool.nothing_is_left_after_destroy(ZONE=TWO)


def test_a_run_killed_in_the_second_zone_goes_on_there(tool: Tool) -> None:
    late = {"match": {"host": "machines.rehearsal.internal", "method": "BOOT"}, "delay": 10}
    tool.goes_wrong(no_machine(STOCK_OUT, "us-central1-a"), late)
    variables = tool.variables(ZONE=TWO, **IMPATIENT)
    process = subprocess.Popen(tool.command("Create"), env=variables, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    seen = iter(process.stderr.readline, "")
    assert any("trying us-central1-b next" in line for line in seen)
    assert any("terraform apply" in line and "✓" in line for line in seen)
    process.send_signal(signal.SIGKILL)
    process.wait()
    tool.goes_wrong()
    assert {n["zone"] for n in tool.result("Create", ZONE=TWO)["nodes"]} == {"us-central1-b"}
    tool.nothing_is_left_after_destroy(ZONE=TWO)


def test_a_zone_that_does_not_exist_is_found_before_another_is_tried(tool: Tool) -> None:
    error = tool.result("Create", expected=2, ZONE="us-central1-a,us-central1-z")["error"]
    assert "ZONE=us-central1-z: there is no such zone for project my-project-1; us-central1 has" in error["message"]
    assert tool.left() == []


def test_a_zone_that_is_named_no_more_is_left_and_a_line_says_so(tool: Tool) -> None:
    tool.result("Create", NETWORK_CONFIG="new_network")
    said = tool.run("Create", ZONE="europe-west4-a", NETWORK_CONFIG="new_network")
    assert said.returncode == 0, said.stderr
    assert "it moves to europe-west4-a" in said.stderr
    state = json.loads(tool.bucket().blob(STATE).download_as_text())
    assert state["outputs"]["zone"]["value"] == "europe-west4-a"
    left = tool.left()
    assert [name for name in left if "us-central1-a" not in name] == left != []
    tool.nothing_is_left_after_destroy(NETWORK_CONFIG="new_network")
