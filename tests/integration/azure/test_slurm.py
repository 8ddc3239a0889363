"""CLOUD=azure, ORCHESTRATOR_TYPE=slurm: the round trip on the embedded cloud that plays the machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import CapacityError, QuotaError, SettingsError
from tests.integration.azure.slurm import ROLE, on_the_example
from tests.integration.azure.tool import SUBSCRIPTION, container, killed_when

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.azure.tool import AzureTool

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/demo-rg"
COMPUTE = f"{GROUP}/providers/Microsoft.Compute"
VERSION = "2025-04-01"


@pytest.fixture
def slurm(azure: AzureTool) -> AzureTool:
    """The tool on examples/azure-slurm.list."""
    return on_the_example(azure)


def test_the_example_is_made_proven_looked_at_and_goes_without_a_trace(slurm: AzureTool) -> None:
    created = slurm.result("Create")
    states = {each["name"]: (each["part"], each["status"]) for each in created["nodes"]}
    assert states == {
        "demo-login-1": ("login", "ready"),
        "demo-controller": ("controller", "ready"),
        "demo-hpc-1": ("node", "ready"),
        "demo-hpc-2": ("node", "ready"),
    }
    connection = created["connection"]
    assert connection["head"]["name"] == "demo-login-1"
    assert connection["ssh"]["demo-hpc-1"].startswith(f"ssh -J azureuser@{connection['head']['address']}:")
    assert slurm.no_changes()
    reported = slurm.run("Report", "demo-hpc-1 NvLink").stdout
    assert "/virtualMachineScaleSets/demo-hpc-set1/virtualMachines/0" in reported
    health = slurm.result("Health")["health"]
    assert (health["verdict"], health["healthy"], health["skipped"]) == ("healthy", 2, 6)
    for_ssh = slurm.run("Connect", "--config tool").stdout
    assert "Host demo-hpc-1\n  User azureuser\n" in for_ssh
    assert "  ProxyCommand tool Connect --stdio demo-hpc-1\n" in for_ssh
    status = slurm.result("Status")
    checks = {each["name"]: each["status"] for each in status["checks"]}
    assert set(checks.values()) == {"ok"}
    assert {"controller", "nodes in Slurm", "proof", "way in"} <= checks.keys()
    slurm.nothing_is_left_after_destroy()


def test_without_login_nodes_users_come_in_by_the_controller_and_more_nodes_can_be_on(slurm: AzureTool) -> None:
    created = slurm.result("Create", LOGIN_COUNT="0")
    assert created["connection"]["head"]["name"] == "demo-controller"
    assert next(n["part"] for n in created["nodes"] if n["name"] == "demo-controller") == "controller, login"
    grown = slurm.result("Create", LOGIN_COUNT="0", INSTANCE_COUNT="3")
    assert [n["name"] for n in grown["nodes"] if n["part"] == "node"] == ["demo-hpc-1", "demo-hpc-2", "demo-hpc-3"]
    fewer = slurm.result("Create", expected=SettingsError.exit_code, LOGIN_COUNT="0", MAX_NODES="2")
    assert "demo-hpc-3 would no longer be in the cluster" in fewer["error"]["message"]
    slurm.nothing_is_left_after_destroy(LOGIN_COUNT="0")


def test_another_first_zone_or_a_smaller_disk_is_refused_since_homes_would_go(slurm: AzureTool) -> None:
    slurm.result("Create", ZONES="1")
    for change in ({"ZONES": "2"}, {"ZONES": "1", "DATA_DISK_GB": "20"}):
        refused = slurm.result("Create", expected=SettingsError.exit_code, **change)
        assert "disk demo-data, which has homes and accounting, can't stay" in refused["error"]["message"]
    slurm.nothing_is_left_after_destroy(ZONES="1")


@pytest.mark.parametrize("logins", ["1", "0"])
def test_the_command_runs_once_where_users_log_in(slurm: AzureTool, logins: str) -> None:
    batch = {"STARTUP_COMMAND": "sbatch job.sh", "WAIT_FOR_STARTUP_COMMAND": "yes", "LOGIN_COUNT": logins}
    created = slurm.result("Create", **batch)
    steps = [each["name"] for each in created["steps"]]
    assert created["outputs"][0]["text"].startswith("played by the rehearsal")
    assert steps.index("startup command") == steps.index("proof") + 1
    slurm.result("Create", **batch)
    checks = {each["name"]: each["detail"] for each in slurm.result("Status", **batch)["checks"]}
    machine = "demo-login-1" if logins == "1" else "demo-controller"
    assert checks["startup command"] == f"ended well: played by the rehearsal ({machine})"
    slurm.nothing_is_left_after_destroy(**batch)


def test_nodes_that_azure_has_no_room_for_are_named_and_the_others_stay(slurm: AzureTool) -> None:
    text = "Allocation failed. We do not have sufficient capacity for the requested VM size in this region."
    machines = {"host": "machines.rehearsal.internal", "method": "BOOT", "path": "hpc-set1-000001"}
    slurm.goes_wrong({"match": machines, "status": 409, "body": {"code": "AllocationFailed", "message": text}})
    ended = slurm.result("Create", expected=CapacityError.exit_code, CAPACITY_WAIT="0")
    assert "demo-hpc-2" in ended["error"]["message"]
    assert "AllocationFailed" in ended["error"]["message"]
    assert slurm.arm("GET", f"{COMPUTE}/virtualMachineScaleSets/demo-hpc-set1", version=VERSION)["sku"]["capacity"] == 1
    slurm.goes_wrong()
    slurm.nothing_is_left_after_destroy()


def test_nodes_beyond_the_quota_are_named(slurm: AzureTool) -> None:
    text = "Operation could not be completed as it results in exceeding approved standardDSv5Family Cores quota."
    sets = {"host": "management.azure.com", "method": "PATCH", "path": "virtualMachineScaleSets"}
    refused = {"error": {"code": "OperationNotAllowed", "message": text}}
    slurm.goes_wrong({"match": sets, "status": 409, "body": refused})
    ended = slurm.result("Create", expected=QuotaError.exit_code, CAPACITY_WAIT="0")
    assert "demo-hpc-[1-2]" in ended["error"]["message"]
    slurm.goes_wrong()
    slurm.nothing_is_left_after_destroy()


def test_a_controller_that_is_lost_is_made_anew_with_its_disk(slurm: AzureTool) -> None:
    slurm.result("Create")
    disk = slurm.arm("GET", f"{COMPUTE}/disks/demo-data", version=VERSION)["properties"]["uniqueId"]
    slurm.arm("DELETE", f"{COMPUTE}/virtualMachines/demo-controller", version=VERSION)
    created = slurm.result("Create")
    assert [n["status"] for n in created["nodes"]] == ["ready"] * 4
    again = slurm.arm("GET", f"{COMPUTE}/disks/demo-data", version=VERSION)
    assert again["properties"]["uniqueId"] == disk
    assert again["managedBy"].endswith("/demo-controller")
    slurm.nothing_is_left_after_destroy()


def test_create_goes_on_where_a_killed_one_stopped_and_destroy_leaves_nothing(slurm: AzureTool) -> None:
    killed_when(slurm, "module.controller.azurerm_linux_virtual_machine.this: Creating")
    created = slurm.result("Create")
    assert {each["name"] for each in created["nodes"]} >= {"demo-controller", "demo-hpc-1", "demo-hpc-2"}
    assert slurm.no_changes()
    slurm.nothing_is_left_after_destroy()


def test_a_login_node_that_suspend_stops_runs_again_after_resume_or_create(slurm: AzureTool) -> None:
    slurm.result("Create")
    login = f"{COMPUTE}/virtualMachines/demo-login-1"
    suspended = slurm.run("Suspend", "demo-login-1")
    assert "demo-login-1 stops; ssh from outside leads to demo-controller now" in suspended.stdout
    view = slurm.arm("GET", f"{login}/instanceView", version=VERSION)
    assert view["statuses"][-1]["code"] == "PowerState/deallocated"
    checks = {each["name"]: each["detail"] for each in slurm.result("Status")["checks"]}
    assert checks["way in"] == "ssh to demo-controller"
    resumed = slurm.run("Resume", "demo-login-1")
    assert "demo-login-1 starts; ssh from outside leads to demo-login-1 now" in resumed.stdout
    slurm.result("Suspend", "demo-login-1")
    slurm.result("Create")
    view = slurm.arm("GET", f"{login}/instanceView", version=VERSION)
    assert view["statuses"][-1]["code"] == "PowerState/running"
    slurm.nothing_is_left_after_destroy()


def test_login_nodes_and_users_come_and_go_with_the_settings(slurm: AzureTool, tmp_path: Path) -> None:
    slurm.result("Create")
    users = tmp_path / "users"
    users.write_text(
        "alice:20001::ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAj5jmcVHv2xFOJM4efJ59+1If0tYOxDxobmp7kG0Cyr alice\n"
    )
    more = {"LOGIN_COUNT": "3", "USERS_FILE": str(users)}
    created = slurm.result("Create", **more)
    logins = {each["name"]: each["status"] for each in created["nodes"] if each["part"] == "login"}
    assert logins == dict.fromkeys(("demo-login-1", "demo-login-2", "demo-login-3"), "ready")
    described = json.loads(container().download_blob("demo-deployment/files/slurm/cluster.json").readall())
    assert [(user["name"], user["uid"]) for user in described["users"]] == [("alice", 20001)]
    assert described["logins"] == sorted(logins)
    assert [each["part"] for each in slurm.result("Create", LOGIN_COUNT="1")["nodes"]].count("login") == 1
    slurm.nothing_is_left_after_destroy(LOGIN_COUNT="1")


def test_the_data_disk_stays_where_that_is_asked_for_and_the_next_cluster_takes_it(slurm: AzureTool) -> None:
    slurm.result("Create")
    disk = slurm.arm("GET", f"{COMPUTE}/disks/demo-data", version=VERSION)["properties"]["uniqueId"]
    kept = slurm.run("Destroy", DELETE_FILE_SHARES="no")
    assert kept.returncode == 0, kept.stderr
    assert "disk demo-data of 50 GB stays with homes and accounting, in resource group" in kept.stderr
    assert "costs 10.21 USD a month" in kept.stderr
    listed = slurm.arm("GET", f"{GROUP}/resources")["value"]
    assert [each["name"] for each in listed] == ["demo-data"]
    again = slurm.run("Create")
    assert again.returncode == 0, again.stderr
    assert "disk demo-data of 50 GB, which an earlier cluster left, is taken again" in again.stderr
    found = slurm.arm("GET", f"{COMPUTE}/disks/demo-data", version=VERSION)
    assert found["properties"]["uniqueId"] == disk
    assert found["managedBy"].endswith("/demo-controller")
    assert slurm.no_changes()
    gone = slurm.run("Destroy")
    assert "disk demo-data of 50 GB goes, with homes and accounting on it" in gone.stderr
    assert slurm.left() == []


def test_a_kept_disk_goes_with_a_later_destroy_and_is_not_replaced_with_a_smaller_one(slurm: AzureTool) -> None:
    slurm.result("Create", DELETE_FILE_SHARES="no")
    slurm.result("Destroy", DELETE_FILE_SHARES="no")
    smaller = slurm.result("Create", expected=SettingsError.exit_code, DATA_DISK_GB="20")
    assert "size of 50 GB becomes 20 (DATA_DISK_GB)" in smaller["error"]["message"]
    slurm.result("Destroy", DELETE_FILE_SHARES="no")
    assert [each["name"] for each in slurm.arm("GET", f"{GROUP}/resources")["value"]] == ["demo-data"]
    gone = slurm.run("Destroy")
    assert "disk demo-data, which an earlier Destroy kept, goes" in gone.stderr
    assert slurm.left() == []


def test_the_way_in_is_bastion_and_then_another_while_the_machines_stay(slurm: AzureTool, tmp_path: Path) -> None:
    bastion = {"ACCESS": "bastion", "ALLOWED_CIDRS": "", "OUTPUT_DIR": str(tmp_path / "scripts")}
    slurm.has(role=json.loads(ROLE.read_text())["Actions"])
    created = slurm.result("Create", **bastion)
    assert {each.name for each in (tmp_path / "scripts").iterdir()} == {
        f"bastion_{way}_{part}.sh" for way in ("ssh", "tunnel") for part in ("login", "scheduler")
    }
    connection = created["connection"]
    assert connection["access"] == "bastion"
    shell = connection["ssh"]["demo-hpc-1"].split()
    assert shell[:4] == ["az", "network", "bastion", "ssh"]
    assert shell[shell.index("--target-resource-id") + 1].endswith("/demo-hpc-set1/virtualMachines/0")
    assert slurm.no_changes(**bastion)
    checks = {each["name"]: each["status"] for each in slurm.result("Status", **bastion)["checks"]}
    assert set(checks.values()) == {"ok"} and "way in" in checks
    number = slurm.arm("GET", f"{COMPUTE}/virtualMachines/demo-login-1", version=VERSION)["properties"]["vmId"]
    assert slurm.result("Create")["connection"]["access"] == "head"
    within = slurm.result("Create", ACCESS="private", ALLOWED_CIDRS="")
    assert within["connection"]["access"] == "private"
    now = slurm.arm("GET", f"{COMPUTE}/virtualMachines/demo-login-1", version=VERSION)["properties"]["vmId"]
    assert now == number
    slurm.nothing_is_left_after_destroy(ACCESS="private", ALLOWED_CIDRS="")


CONFIG = """region: eastus
resource_group_name: demo-rg
hpc_sku: Standard_D2s_v5
hpc_max_core_count: 8
resource_group_tags: {owner: research}
"""
# What config.yaml says in the place of examples/azure-slurm.list.
IN_CONFIG = ("LOCATION", "RESOURCE_GROUP", "SKU", "MAX_NODES", "LOGIN_COUNT", "ALLOWED_CIDRS")


def test_a_cyclecloud_clusters_config_makes_all_of_it_by_the_role_in_the_documents(
    slurm: AzureTool, tmp_path: Path
) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    slurm.has(role=json.loads(ROLE.read_text())["Actions"])
    whole = {**dict.fromkeys(IN_CONFIG, ""), "CONFIG_FILE": str(tmp_path / "config.yaml")}
    price = slurm.result("Validate", **whole)["price"]
    assert {"Bastion", "4 TiB of Azure NetApp Files", "a server of Azure Database for MySQL"} <= {
        each["what"] for each in price["of"]
    }
    assert 2.0 < price["hourly"] < 4.0
    created = slurm.result("Create", **whole)
    logins = [each["name"] for each in created["nodes"] if each["part"] == "login"]
    assert (len(logins), created["connection"]["access"]) == (3, "bastion")
    assert {"key vault", "dashboards"} <= {each["name"] for each in created["steps"]}
    address = created["connection"]["monitoring"]["managed_grafana"]
    assert address.endswith(".eastus.grafana.azure.com")
    assert created["connection"]["monitoring"]["prometheus"] == "http://localhost:9090"
    assert slurm.no_changes(**whole)
    checks = {each["name"]: each["status"] for each in slurm.result("Status", **whole)["checks"]}
    assert {name for name, status in checks.items() if status != "ok"} == {"monitoring"}  # Prometheus isn't played
    assert {"key vault", "dashboards"} <= checks.keys()
    elsewhere = slurm.result("Create", expected=SettingsError.exit_code, **whole, SHARED_STORAGE="controller")
    assert "the cluster's homes are in anf, and stay there" in elsewhere["error"]["message"]
    elsewhere = slurm.result("Create", expected=SettingsError.exit_code, **whole, ACCOUNTING="local")
    assert "the cluster's accounts are on demo-mysql-" in elsewhere["error"]["message"]
    kept = slurm.result("Destroy", expected=SettingsError.exit_code, **whole, DELETE_FILE_SHARES="no")
    assert "Destroy would keep the controller's disk, and delete the volume" in kept["error"]["message"]
    slurm.nothing_is_left_after_destroy(**whole)
