"""CLOUD=azure where things go wrong: what is said, with which exit code, and that all of it goes away again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.azure.tool import GROUP, SCALE_SET, SUBSCRIPTION, AzureTool

ROLE = Path(__file__).resolve().parents[3] / "docs" / "azure-role.json"
ONE = {"INSTANCE_COUNT": "1"}
IMPATIENT = {**ONE, "CAPACITY_WAIT": "0"}
NO_ROOM = "Allocation failed. We do not have sufficient capacity for the requested VM size in this region."
STOCK_OUT = {"match": {"method": "BOOT"}, "status": 409, "body": {"code": "AllocationFailed", "message": NO_ROOM}}


def ssh_leads_to(azure: AzureTool) -> str:
    rule = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/demo-nsg/securityRules/ssh"
    return str(azure.arm("GET", rule, version="2025-01-01")["properties"]["destinationAddressPrefix"])


@pytest.mark.parametrize("mode", ["uniform", "flexible"])
def test_where_there_is_no_room_create_says_so_and_goes_on_later(azure: AzureTool, mode: str) -> None:
    azure.goes_wrong(STOCK_OUT)
    failed = azure.result("Create", expected=13, ORCH_MODE=mode, **IMPATIENT)
    assert "AllocationFailed" in failed["error"]["message"]
    assert NO_ROOM in failed["error"]["message"]
    assert "PRIVATE KEY" in azure.key_file.read_text()  # the scale set has its other half
    azure.goes_wrong()
    created = azure.result("Create", ORCH_MODE=mode, **ONE)
    assert [n["status"] for n in created["nodes"]] == ["ready"]
    assert azure.no_changes(ORCH_MODE=mode, **ONE)
    azure.nothing_is_left_after_destroy(ORCH_MODE=mode, **ONE)


def test_what_a_failed_create_made_is_removed_by_destroy(azure: AzureTool) -> None:
    azure.goes_wrong(STOCK_OUT)
    azure.result("Create", expected=13, **IMPATIENT)
    azure.nothing_is_left_after_destroy(**ONE)


def test_a_quota_is_found_before_and_named_when_it_is_used_up_meanwhile(azure: AzureTool) -> None:
    azure.has(quotas={"eastus2": {"StandardNCADSA100v4Family": 24}})
    failed = azure.result("Create", expected=12)
    assert "48" in failed["error"]["message"]
    assert azure.left() == []
    failed = azure.result("Create", expected=12, SKIP_CHECKS="quotas", CAPACITY_WAIT="0")
    assert "exceeding approved" in failed["error"]["message"]
    azure.nothing_is_left_after_destroy()


def test_terms_that_nobody_accepted_are_named_and_accepted_on_the_users_word(azure: AzureTool) -> None:
    image = {**ONE, "IMAGE": "almalinux:almalinux-hpc:9-hpc-gen2:latest"}
    failed = azure.result("Create", expected=2, **image)
    assert "ACCEPT_TERMS=yes" in failed["error"]["message"] + failed["error"]["advice"]
    assert azure.left() == []
    created = azure.result("Create", ACCEPT_TERMS="yes", **image)
    assert created["ok"]
    shown = azure.arm("GET", SCALE_SET, version="2025-04-01")
    assert shown["plan"]["publisher"] == "almalinux"
    assert azure.no_changes(**image)
    assert azure.result("Destroy", **image)["leftovers"] == []


def test_a_policy_is_an_error_of_permission_with_azures_own_words(azure: AzureTool) -> None:
    text = "Resource 'demo' was disallowed by policy. Policy identifiers: 'no-gpus'."
    body = {"error": {"code": "RequestDisallowedByPolicy", "message": text}}
    match = {"method": "PUT", "host": "management.azure.com", "path": "/virtualMachineScaleSets/demo"}
    azure.goes_wrong({"match": match, "status": 403, "body": body})
    failed = azure.result("Create", expected=11, **IMPATIENT)
    assert "no-gpus" in failed["error"]["message"]
    azure.goes_wrong()
    azure.nothing_is_left_after_destroy(**ONE)


def test_a_lock_at_destroy_is_named_with_the_command_that_removes_it(azure: AzureTool) -> None:
    azure.result("Create", **ONE)
    lock = f"{GROUP}/providers/Microsoft.Authorization/locks/keep"
    locked = {"level": "CanNotDelete", "notes": "the ledger's"}
    azure.arm("PUT", lock, {"properties": locked}, "2020-05-01")
    failed = azure.result("Destroy", expected=20, **ONE)
    assert failed["error"]["class"] == "InUse"
    assert GROUP in failed["error"]["message"]
    assert f"\n  az lock delete --ids {lock}" in failed["error"]["advice"]
    assert "<" not in failed["error"]["advice"]
    assert f"lock keep on {GROUP} (CanNotDelete, the ledger's)" in failed["error"]["message"]
    azure.arm("DELETE", lock, version="2020-05-01")
    azure.nothing_is_left_after_destroy(**ONE)


def test_a_group_that_alone_is_locked_is_named_too(azure: AzureTool) -> None:
    azure.result("Create", **ONE)
    words = f"The scope '{GROUP}' cannot perform delete operation because following scope(s) are locked: '{GROUP}'. "
    error = {"code": "ScopeLocked", "message": f"{words}Please remove the lock and try again."}
    match = {"method": "DELETE", "host": "management.azure.com", "path": "resourceGroups/demo-rg\\?"}
    azure.goes_wrong({"match": match, "status": 409, "body": {"error": error}})
    failed = azure.result("Destroy", expected=20, **ONE)
    assert "az lock delete" in failed["error"]["advice"]
    azure.goes_wrong()
    azure.nothing_is_left_after_destroy(**ONE)


def test_a_cluster_in_the_group_of_another_outlives_its_destroy(azure: AzureTool) -> None:
    shared = {**ONE, "RESOURCE_GROUP": "team-rg"}
    azure.result("Create", **shared)
    azure.result("Create", **shared, NAME_PREFIX="guest")
    advice = azure.result("Destroy", expected=20, **shared)["error"]["advice"]
    assert "run that cluster's Destroy" in advice
    assert "guest" not in advice
    azure.result("Status", **shared, NAME_PREFIX="guest")
    azure.result("Destroy", **shared, NAME_PREFIX="guest")
    azure.nothing_is_left_after_destroy(**shared)


def test_what_somebody_else_put_into_the_group_is_named_and_stays(azure: AzureTool) -> None:
    azure.result("Create", **ONE)
    theirs = f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/theirs"
    body = {"location": "eastus2", "sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}}
    azure.arm("PUT", theirs, body, "2025-01-01")
    failed = azure.result("Destroy", expected=20, **ONE)
    assert "theirs" in failed["error"]["message"]
    assert "az resource list" in failed["error"]["advice"]
    assert "theirs" not in failed["error"]["advice"]
    assert azure.arm("GET", theirs, version="2025-01-01")["name"] == "theirs"
    azure.arm("DELETE", theirs, version="2025-01-01")
    azure.nothing_is_left_after_destroy(**ONE)


def test_a_node_that_fails_is_made_anew_by_the_next_create(azure: AzureTool) -> None:
    steps = [{"name": "command", "status": "failed", "tail": "no such file"}]
    record: dict[str, Any] = {"status": "failed", "step": "command", "steps": steps}
    settings = {"STARTUP_COMMAND": "run", "WAIT_FOR_STARTUP_COMMAND": "yes"}
    azure.goes_wrong({"match": {"method": "RECORD"}, "times": 1, "status": 200, "body": record})
    failed = azure.result("Create", expected=24, **settings)
    assert "no such file" in failed["error"]["message"]
    before = {each["name"] for each in azure.arm("GET", f"{SCALE_SET}/virtualMachines", version="2025-04-01")["value"]}
    azure.goes_wrong()
    created = azure.result("Create", **settings)
    assert [n["status"] for n in created["nodes"]] == ["ready", "ready"]
    after = {each["name"] for each in azure.arm("GET", f"{SCALE_SET}/virtualMachines", version="2025-04-01")["value"]}
    assert len(before & after) == 1
    azure.nothing_is_left_after_destroy(**settings)


@pytest.mark.parametrize("mode", ["uniform", "flexible"])
def test_ssh_is_let_in_to_the_head_alone_and_to_the_next_one_when_it_is_gone(azure: AzureTool, mode: str) -> None:
    created = azure.result("Create", ORCH_MODE=mode)
    head, other = created["nodes"]
    assert ssh_leads_to(azure) == head["address"]
    azure.removes(head["name"])
    gone = azure.result("Status", expected=21, ORCH_MODE=mode)
    assert {c["name"]: c["status"] for c in gone["checks"]}["way in"] == "failed"
    told = azure.result("Connect", expected=21, ORCH_MODE=mode)["error"]
    assert told["message"] == f"SSH to {other['name']}, the head now, is not allowed yet"
    again = azure.result("Create", ORCH_MODE=mode)
    assert again["nodes"][0] == other
    assert ssh_leads_to(azure) == other["address"]
    assert azure.no_changes(ORCH_MODE=mode)
    azure.result("Connect", ORCH_MODE=mode)
    azure.nothing_is_left_after_destroy(ORCH_MODE=mode)


def test_an_unhealthy_node_is_told_and_a_strict_gate_ends_create(azure: AzureTool) -> None:
    azure.has(machines={"vm-000001": {"sick_gpus": [3]}})
    settings = {"SKU": "Standard_ND96isr_H200_v5", "HEALTH_GATE": "strict"}
    failed = azure.result("Create", expected=22, **settings)
    assert "vm-000001" in failed["error"]["message"]
    assert "az vmss delete-instances --resource-group demo-rg --name demo --instance-ids 1" in failed["error"]["advice"]
    assert azure.result("Create", **{**settings, "HEALTH_GATE": "warn"})["ok"]
    azure.nothing_is_left_after_destroy(**settings)


def test_a_node_that_never_reports_is_named_when_the_time_is_up(azure: AzureTool) -> None:
    azure.has(machines={"vm-000001": {"starts": False}})
    failed = azure.result("Create", expected=21, ORCH_MODE="uniform", READY_TIMEOUT="0")
    assert "not started: vm-000001" in failed["error"]["message"]
    azure.nothing_is_left_after_destroy(ORCH_MODE="uniform")


def test_a_denied_action_is_found_before_anything_is_made(azure: AzureTool) -> None:
    azure.has(denied=["Microsoft.Compute/virtualMachineScaleSets/write"])
    failed = azure.result("Create", expected=11, **ONE)
    assert "Microsoft.Compute/virtualMachineScaleSets/write" in failed["error"]["message"]
    assert azure.left() == []


@pytest.mark.parametrize("mode", ["Flexible", "Uniform"])
def test_the_role_in_the_documents_is_enough_for_a_clusters_whole_life(azure: AzureTool, mode: str) -> None:
    azure.has(role=json.loads(ROLE.read_text())["Actions"])
    settings = {"ORCH_MODE": mode, **ONE}
    azure.result("Create", **settings)
    assert azure.no_changes(**settings)
    azure.result("Create", **{**settings, "INSTANCE_COUNT": "2"})
    azure.result("Status", **{**settings, "INSTANCE_COUNT": "2"})
    azure.result("Destroy", **settings)
    azure.has()
    assert azure.left() == []


def test_a_cluster_that_lives_as_long_as_its_run_is_gone_with_it(azure: AzureTool) -> None:
    settings = {"CLEANUP_ON_EXIT": "yes", "STARTUP_COMMAND": "true", "WAIT_FOR_STARTUP_COMMAND": "yes", **ONE}
    assert azure.result("Create", **settings)["ok"]
    assert azure.left() == []


def test_a_mode_that_a_standing_scale_set_can_not_take_is_refused(azure: AzureTool) -> None:
    azure.result("Create", **ONE)
    failed = azure.result("Create", expected=2, ORCH_MODE="uniform", **ONE)
    assert "run Destroy with ORCH_MODE=flexible first" in failed["error"]["message"]
    azure.nothing_is_left_after_destroy(**ONE)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"ACCESS": "private", "ALLOWED_CIDRS": ""}, "run Destroy with ACCESS=head first"),
        (
            {
                "NODE_IDENTITY": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shared/providers/"
                "Microsoft.ManagedIdentity/userAssignedIdentities/nodes"
            },
            "run Destroy without NODE_IDENTITY first",
        ),
    ],
    ids=["access", "identity"],
)
def test_what_machines_that_run_would_not_follow_is_refused(
    azure: AzureTool, settings: dict[str, str], told: str
) -> None:
    azure.result("Create", **ONE)
    failed = azure.result("Create", expected=2, **settings, **ONE)
    assert told in failed["error"]["message"]
    azure.nothing_is_left_after_destroy(**settings, **ONE)


def test_another_clusters_group_is_left_alone(azure: AzureTool) -> None:
    group = GROUP.replace("demo-rg", "elsewhere")
    azure.arm("PUT", group, {"location": "eastus2", "tags": {"aiinfra-cluster": "000000"}})
    assert azure.result("Destroy", **ONE)["leftovers"] == []
    assert azure.arm("GET", group)["name"] == "elsewhere"
