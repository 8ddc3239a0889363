"""CLOUD=gcp, ORCHESTRATOR_TYPE=slurm: the round trip on the embedded cloud that plays the machines.

With PROVIDER_MIRROR set, the same tests run with the providers that are there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from cluster_provision.errors import SettingsError
from tests.integration.gcp.shortages import STOCK_OUT, no_machine

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

POLICY = "https://cloudresourcemanager.googleapis.com/v1/projects/my-project-1:getIamPolicy"
EXAMPLE = Path(__file__).parents[3] / "examples" / "gcp-slurm.list"


@pytest.fixture
def slurm() -> dict[str, str]:
    """The settings of examples/gcp-slurm.list, but for the project and the name."""
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    given = dict(line.split("=", 1) for line in lines)
    return {name: value for name, value in given.items() if name not in ("PROJECT_ID", "NAME_PREFIX", "ZONE")}


def test_the_example_is_made_proven_looked_at_and_goes_without_a_trace(tool: Tool, slurm: dict[str, str]) -> None:
    created = tool.result("Create", **slurm)
    states = {each["name"]: (each["part"], each["status"]) for each in created["nodes"]}
    assert states == {
        "demo-login-1": ("login", "ready"),
        "demo-controller": ("controller", "ready"),
        "demo-hpc-1": ("node", "ready"),
        "demo-hpc-2": ("node", "ready"),
    }
    shell = "gcloud compute ssh demo-login-1 --project=my-project-1 --zone=us-central1-a --tunnel-through-iap"
    assert created["connection"]["ssh"]["demo-login-1"] == shell
    assert tool.result("Plan", **slurm)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    checks = {each["name"]: each["status"] for each in tool.result("Status", **slurm)["checks"]}
    assert {"controller", "nodes in Slurm", "proof"} <= checks.keys()
    assert set(checks.values()) == {"ok"}
    health = tool.result("Health", **slurm)["health"]
    assert (health["verdict"], health["healthy"], health["skipped"]) == ("healthy", 2, 6)
    assert tool.result("Destroy", **slurm)["leftovers"] == []
    assert not tool.bucket().exists()


def test_with_googles_service_both_accounts_may_write_metrics_and_the_connection_says_where_they_are(
    tool: Tool, slurm: dict[str, str]
) -> None:
    managed = {**slurm, "MONITORING": "managed", "DISABLE_OPS_AGENT": "false"}
    checks = {each["name"]: each["detail"] for each in tool.result("Validate", **managed)["checks"]}
    assert "samples of Managed Service for Prometheus" in checks["price"]
    explorer = tool.result("Create", **managed)["connection"]["managed_prometheus"]
    assert explorer["explorer"].endswith("/metrics-explorer?project=my-project-1")
    accounts = {f"serviceAccount:demo-{part}@my-project-1.iam.gserviceaccount.com" for part in ("nodes", "controller")}
    assert accounts <= who_has("roles/monitoring.metricWriter")
    described = tool.bucket().blob("demo-deployment/files/slurm/cluster.json").download_as_bytes()
    assert json.loads(described)["monitoring"]["ops_agent"] is True
    assert tool.result("Plan", **managed)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    checks = {each["name"]: (each["status"], each["detail"]) for each in tool.result("Status", **managed)["checks"]}
    assert checks["ops agent"] == ("ok", "sends from 4 of 4")
    assert tool.result("Destroy", **managed)["leftovers"] == []
    assert who_has("roles/monitoring.metricWriter") == set()


def who_has(role: str) -> set[str]:
    """Who has this role on the project, without a condition."""
    policy = requests.post(POLICY, headers={"Authorization": "Bearer made-up"}, json={}, timeout=10).json()
    return {who for each in policy["bindings"] if each["role"] == role for who in each["members"]}


def test_a_raised_number_powers_nodes_on_and_a_new_partition_comes_while_nodes_stay(
    tool: Tool, slurm: dict[str, str]
) -> None:
    before = {each["name"]: each["address"] for each in tool.result("Create", **slurm)["nodes"]}
    more = {**slurm, "INSTANCE_COUNT": "3", "PARTITIONS": "hpc:Default=YES;big:Nodes=2,On=1,MachineType=n2-standard-8"}
    after = {each["name"]: each["address"] for each in tool.result("Create", **more)["nodes"]}
    assert set(after) - set(before) == {"demo-hpc-3", "demo-big-1"}
    assert before.items() <= after.items()
    assert tool.result("Plan", **more)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    for action in ("Validate", "Create"):
        fewer = tool.run(action, **{**slurm, "INSTANCE_COUNT": "2", "MAX_NODES": "2"})
        assert fewer.returncode == SettingsError.exit_code
        assert "demo-big-1,demo-hpc-3 would no longer be in the cluster" in " ".join(fewer.stderr.split())
    assert tool.result("Destroy", **more)["leftovers"] == []


def test_login_nodes_and_users_come_and_go_with_the_settings(tool: Tool, slurm: dict[str, str], tmp_path: Path) -> None:
    tool.result("Create", **slurm)
    users = tmp_path / "users"
    users.write_text(
        "alice:20001::ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAj5jmcVHv2xFOJM4efJ59+1If0tYOxDxobmp7kG0Cyr alice\n"
    )
    created = tool.result("Create", **{**slurm, "LOGIN_COUNT": "2", "USERS_FILE": str(users)})
    assert [n["name"] for n in created["nodes"] if n["part"] == "login"] == ["demo-login-1", "demo-login-2"]
    fewer = tool.result("Create", **slurm)
    assert [n["name"] for n in fewer["nodes"] if n["part"] == "login"] == ["demo-login-1"]
    assert tool.result("Destroy", **slurm)["leftovers"] == []


def test_a_stopped_login_node_is_started_by_resume_or_the_next_create(tool: Tool, slurm: dict[str, str]) -> None:
    tool.result("Create", **slurm)
    tool.result("Suspend", "demo-login-1", **slurm)
    assert tool.listed("zones/us-central1-a/instances")["demo-login-1"]["status"] == "TERMINATED"
    tool.result("Resume", "demo-login-1", **slurm)
    assert tool.listed("zones/us-central1-a/instances")["demo-login-1"]["status"] == "RUNNING"
    tool.result("Suspend", "demo-login-1", **slurm)
    assert tool.result("Plan", **slurm)["changes"] == {"add": 0, "change": 1, "destroy": 0}
    tool.result("Create", **slurm)
    assert tool.listed("zones/us-central1-a/instances")["demo-login-1"]["status"] == "RUNNING"
    assert tool.result("Destroy", **slurm)["leftovers"] == []


def test_nodes_that_the_zone_has_no_room_for_end_create_with_what_google_said(
    tool: Tool, slurm: dict[str, str]
) -> None:
    told = {"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "The zone does not have enough resources available."}
    tool.goes_wrong({"match": {"method": "BOOT", "path": "/demo-hpc-2"}, "status": 503, "body": told})
    failed = tool.result("Create", expected=13, CAPACITY_WAIT="0", **slurm)
    assert "demo-hpc-2" in failed["error"]["message"]
    assert "ZONE_RESOURCE_POOL_EXHAUSTED" in failed["error"]["message"]
    tool.goes_wrong()
    assert tool.result("Destroy", **slurm)["leftovers"] == []


def test_a_controller_that_is_lost_is_made_anew_with_its_disk(tool: Tool, slurm: dict[str, str]) -> None:
    import requests

    tool.result("Create", **slurm)
    disk = tool.listed("zones/us-central1-a/disks")["demo-controller-data"]["id"]
    url = (
        "https://compute.googleapis.com/compute/v1/projects/my-project-1/zones/us-central1-a/instances/demo-controller"
    )
    assert requests.delete(url, headers={"Authorization": "Bearer made-up"}, timeout=10).ok
    again = tool.result("Create", **slurm)
    assert again["changes"]["add"] == 1
    found = tool.listed("zones/us-central1-a/disks")["demo-controller-data"]
    assert (found["id"], [user.rpartition("/")[2] for user in found["users"]]) == (disk, ["demo-controller"])
    assert tool.result("Destroy", **slurm)["leftovers"] == []


def test_the_data_disk_stays_where_that_is_asked_for_and_the_next_cluster_takes_it(
    tool: Tool, slurm: dict[str, str]
) -> None:
    keeping = {**slurm, "DELETE_FILE_SHARES": "no"}
    tool.result("Create", **keeping)
    disk = tool.listed("zones/us-central1-a/disks")["demo-controller-data"]["id"]
    destroyed = tool.run("Destroy", **keeping)
    assert destroyed.returncode == 0, destroyed.stderr
    assert "disk demo-controller-data (50 GB) stays with homes and accounting" in destroyed.stderr
    assert list(tool.listed("zones/us-central1-a/disks")) == ["demo-controller-data"]
    tool.result("Create", **slurm)
    assert tool.listed("zones/us-central1-a/disks")["demo-controller-data"]["id"] == disk
    gone = tool.run("Destroy", **slurm)
    assert "disk demo-controller-data (50 GB) goes, with homes and accounting on it" in gone.stderr
    assert tool.left() == []


def test_a_kept_disk_that_is_larger_than_the_settings_say_is_not_replaced_with_an_empty_one(
    tool: Tool, slurm: dict[str, str]
) -> None:
    tool.result("Create", **slurm, DELETE_FILE_SHARES="no")
    disk = tool.listed("zones/us-central1-a/disks")["demo-controller-data"]["id"]
    tool.result("Destroy", **slurm, DELETE_FILE_SHARES="no")
    smaller = tool.result("Create", expected=SettingsError.exit_code, **{**slurm, "DATA_DISK_GB": "20"})
    assert "demo-controller-data of an earlier cluster has 50 GB" in smaller["error"]["message"]
    assert tool.listed("zones/us-central1-a/disks")["demo-controller-data"]["id"] == disk
    gone = tool.run("Destroy", **slurm)
    assert "disk demo-controller-data, which an earlier Destroy kept, goes" in gone.stderr
    assert tool.left() == []


def test_the_command_runs_once_where_users_log_in(tool: Tool, slurm: dict[str, str]) -> None:
    batch = {**slurm, "STARTUP_COMMAND": "sbatch job.sh", "WAIT_FOR_STARTUP_COMMAND": "yes"}
    created = tool.result("Create", **batch)
    steps = [each["name"] for each in created["steps"]]
    assert steps.index("startup command") == steps.index("proof") + 1
    assert [(each["node"], each["text"].split(":")[0]) for each in created["outputs"]] == [
        ("demo-login-1", "played by the rehearsal")
    ]
    tool.result("Create", **batch)
    outcomes = [each.name for each in tool.bucket().list_blobs() if "/nodes/command/" in each.name]
    assert len(outcomes) == 1
    checks = {each["name"]: each["detail"] for each in tool.result("Status", **batch)["checks"]}
    assert checks["startup command"] == "ended well: played by the rehearsal (demo-login-1)"
    assert tool.result("Destroy", **batch)["leftovers"] == []


def test_a_job_of_the_command_that_failed_ends_create_and_with_cleanup_the_cluster_goes(
    tool: Tool, slurm: dict[str, str]
) -> None:
    told = {"status": "failed", "detail": "job 1 ended as FAILED"}
    tool.goes_wrong({"match": {"method": "COMMAND", "path": "/demo-login-1"}, "status": 503, "body": told})
    batch = {"STARTUP_COMMAND": "sbatch job.sh", "WAIT_FOR_STARTUP_COMMAND": "yes", "CLEANUP_ON_EXIT": "yes"}
    failed = tool.result("Create", expected=24, **batch, **slurm)
    assert "job 1 ended as FAILED" in failed["error"]["message"]
    assert [each["node"] for each in failed["outputs"]] == ["demo-login-1"]
    tool.goes_wrong()
    assert tool.left() == []


def test_a_zone_that_is_given_up_keeps_no_new_disk_and_keeps_one_that_was_there(
    tool: Tool, slurm: dict[str, str]
) -> None:
    full = {**slurm, "ZONE": "us-central1-a,us-central1-b", "CAPACITY_WAIT": "0", "DELETE_FILE_SHARES": "no"}
    tool.goes_wrong(no_machine(STOCK_OUT, "us-central1-a"))
    tool.result("Create", **full)
    assert "demo-controller-data" not in tool.listed("zones/us-central1-a/disks")
    tool.goes_wrong()
    tool.result("Destroy", **full)
    disk = tool.listed("zones/us-central1-b/disks")["demo-controller-data"]["id"]
    tool.goes_wrong(no_machine(STOCK_OUT, "us-central1-b/.*hpc-1"))
    moved = tool.run("Create", **{**full, "ZONE": "us-central1-b,us-central1-a"})
    assert moved.returncode == 0, moved.stderr
    assert "disk demo-controller-data stays in us-central1-b" in moved.stderr
    assert tool.listed("zones/us-central1-b/disks")["demo-controller-data"]["id"] == disk
