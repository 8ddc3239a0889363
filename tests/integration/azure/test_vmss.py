"""CLOUD=azure: the round trip in both modes, on the embedded cloud that plays the machines."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import sys

import pytest

from tests.integration.azure.tool import GROUP, SCALE_SET, SUBSCRIPTION, AzureTool, secrets_in


def test_a_flexible_cluster_is_made_grows_shrinks_and_goes_without_a_trace(azure: AzureTool) -> None:
    created = azure.result("Create")
    assert [n["status"] for n in created["nodes"]] == ["ready", "ready"]
    connection = created["connection"]
    head, other = connection["ssh"].values()
    assert head == f"ssh -p {connection['head']['port']} azureuser@{connection['head']['address']}"
    assert other.startswith(
        f"ssh -J azureuser@{connection['head']['address']}:{connection['head']['port']} azureuser@10."
    )
    assert secrets_in(azure, azure.key_file.read_text()) == [azure.key_file]
    assert "private_key" not in connection
    tags = azure.arm("GET", SCALE_SET, version="2025-04-01")["tags"]
    assert tags == {"aiinfra-cluster": created["cluster"]["label"]}
    assert azure.no_changes()
    grown = azure.result("Create", INSTANCE_COUNT="3")
    assert len(grown["nodes"]) == 3
    assert grown["nodes"][0] == created["nodes"][0]  # the head stays the head
    assert "private_key" not in grown["connection"]
    assert azure.no_changes(INSTANCE_COUNT="3")
    assert len(azure.result("Create", INSTANCE_COUNT="1")["nodes"]) == 1
    azure.nothing_is_left_after_destroy()


def test_a_private_uniform_cluster_has_no_address_and_the_key_goes_to_its_file(azure: AzureTool) -> None:
    key = azure.folder / "demo.key"
    settings = {"ORCH_MODE": "Uniform", "ALLOWED_CIDRS": "", "SSH_KEY_FILE": str(key), "TAGS": "team=research"}
    created = azure.result("Create", **settings)
    assert [n["name"] for n in created["nodes"]] == ["vm-000000", "vm-000001"]
    assert created["connection"]["access"] == "private"
    assert created["connection"]["ssh"]["vm-000001"] == "ssh azureuser@10.0.0.5"
    assert "private_key" not in created["connection"]
    assert key.stat().st_mode & 0o777 == 0o600
    assert secrets_in(azure, key.read_text()) == [key]
    kinds = [each["type"] for each in azure.arm("GET", f"{GROUP}/resources")["value"]]
    assert "Microsoft.Network/loadBalancers" not in kinds
    assert kinds.count("Microsoft.Network/publicIPAddresses") == 1  # the NAT gateway's, for the way out
    assert azure.no_changes(**settings)
    assert azure.run("Connect", "vm-000001", **settings).stdout.strip() == f"ssh -i {key} azureuser@10.0.0.5"
    status = azure.result("Status", **settings)
    assert {c["name"]: c["status"] for c in status["checks"]}["nodes"] == "ok"
    azure.nothing_is_left_after_destroy(**settings)


def test_ray_runs_on_all_nodes_with_the_first_as_its_head(azure: AzureTool) -> None:
    created = azure.result("Create", ORCHESTRATOR_TYPE="ray")
    assert created["connection"]["ray"]["head"] == created["nodes"][0]["name"]
    assert {c["name"]: c["status"] for c in created["checks"]}["ray"] == "ok"
    assert azure.no_changes(ORCHESTRATOR_TYPE="ray")
    assert azure.result("Status", ORCHESTRATOR_TYPE="ray")["ok"]
    azure.nothing_is_left_after_destroy(ORCHESTRATOR_TYPE="ray")


def test_a_group_that_was_there_stays_and_so_does_the_users_container(azure: AzureTool) -> None:
    group = GROUP.replace("demo-rg", "theirs")
    azure.arm("PUT", group, {"location": "westeurope"})
    settings = {"RESOURCE_GROUP": "theirs", "TERRAFORM_BLOB_PATH": "https://mine.blob.core.windows.net/box/dir"}
    created = azure.result("Create", **settings)
    assert created["state"]["uri"].startswith("https://mine.blob.core.windows.net/box/dir/demo-deployment/")
    assert azure.no_changes(**settings)
    assert azure.result("Destroy", **settings)["leftovers"] == []
    assert azure.arm("GET", f"{group}/resources")["value"] == []
    assert azure.arm("GET", group)["location"] == "westeurope"


def at_a_terminal(azure: AzureTool, *arguments: str, **settings: str) -> tuple[int, str]:
    """The exit code of a run with a terminal, and all that it shows."""
    process, screen = pty.fork()
    if not process:
        os.execvpe(sys.executable, azure.command(*arguments), azure.variables(**settings))  # noqa: S606
    shown = b""
    with contextlib.suppress(OSError):  # the terminal's other end is gone
        while part := os.read(screen, 65536):
            shown += part
    os.close(screen)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown.decode()


def test_a_terminal_shows_a_new_key_once_and_how_to_use_it(azure: AzureTool) -> None:
    alone = {"INSTANCE_COUNT": "1", "SSH_KEY_FILE": ""}
    code, said = at_a_terminal(azure, "Create", **alone)
    assert code == 0 and said.count("BEGIN OPENSSH PRIVATE KEY") == 1
    assert "ssh-add demo.key" in said
    assert "PRIVATE KEY" not in azure.run("Create", **alone).stdout
    assert json.loads(azure.run("Status", OUTPUT="json", **alone).stdout)["ok"]


@pytest.mark.parametrize("output", ["text", "json"])
def test_without_a_terminal_no_key_is_made_that_a_log_would_show(azure: AzureTool, output: str) -> None:
    said = azure.run("Create", SSH_KEY_FILE="", OUTPUT=output)
    assert said.returncode == 2
    assert "PRIVATE KEY" not in said.stdout + said.stderr
    assert "SSH_PATH=/keys/id_ed25519.pub" in said.stderr and "SSH_KEY_FILE=/keys/demo" in said.stderr
    assert azure.left() == []
    planned = azure.run("Plan", SSH_KEY_FILE="", OUTPUT=output)
    assert planned.returncode == 0 and "Create would stop here: SSH_PATH and SSH_KEY_FILE are unset" in planned.stderr


def test_a_terminal_that_a_pipeline_made_is_none(azure: AzureTool) -> None:
    code, said = at_a_terminal(azure, "Create", SSH_KEY_FILE="", CI="true")
    assert code == 2 and "PRIVATE KEY" not in said


def test_a_cluster_moves_to_another_location_with_the_key_that_its_user_has(azure: AzureTool) -> None:
    azure.result("Create", INSTANCE_COUNT="1")
    key = azure.key_file.read_bytes()
    moved = azure.result("Create", INSTANCE_COUNT="1", LOCATION="westeurope")
    assert moved["nodes"][0]["zone"] == "westeurope"
    assert azure.key_file.read_bytes() == key
    assert azure.no_changes(INSTANCE_COUNT="1", LOCATION="westeurope")
    azure.nothing_is_left_after_destroy(INSTANCE_COUNT="1")


def test_machines_of_a_users_identity_need_no_role_and_get_none(azure: AzureTool) -> None:
    identity = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/ids/providers/Microsoft.ManagedIdentity"
    settings = {"NODE_IDENTITY": f"{identity}/userAssignedIdentities/nodes", "INSTANCE_COUNT": "1"}
    azure.arm("PUT", identity.partition("/providers")[0], {"location": "eastus2"})
    azure.arm("PUT", settings["NODE_IDENTITY"], {"location": "eastus2"}, "2024-11-30")
    azure.has(denied=["Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/read"])
    planned = azure.result("Plan", **settings)
    assert planned["changes"]["add"] > 0
    assert {c["name"]: c["status"] for c in planned["checks"]}["permissions"] == "ok"
