"""Shares, the ops agent's roles and the GPU dashboard: made, kept, and gone again; and what is in their way.

With PROVIDER_MIRROR set, the same tests run with the providers that are there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

NODE = "machines.rehearsal.internal"
FILES = "https://file.googleapis.com/v1/projects/my-project-1/locations"
POLICY = "https://cloudresourcemanager.googleapis.com/v1/projects/my-project-1:getIamPolicy"
SIGNED = {"Authorization": "Bearer made-up"}
EACH = ("/mnt/a:BASIC_HDD:1024", "/mnt/b:BASIC_HDD:1024", "/mnt/c:ENTERPRISE:1024", "/mnt/d:HIGH_SCALE_SSD:10240")
SHARES = {"NFS_FILESHARE_LIST": ",".join(EACH)}
# Row 22 of the errors that Google has really given (hashicorp/terraform-provider-google#21241).
NO_QUOTA = "Quota limit 'EnterpriseStorageGibPerRegion' has been exceeded. Limit: 3072 in region us-central1."


def servers(tool: Tool) -> dict[str, dict[str, Any]]:
    """Filestore's instances by what their description says that they are mounted on."""
    found = requests.get(f"{FILES}/-/instances", headers=SIGNED, timeout=10).json().get("instances", [])
    return {each["description"].rstrip(".").split()[-1]: each for each in found}


def project_roles() -> set[str]:
    """The roles that the project's policy gives to the machines' account."""
    policy = requests.post(POLICY, headers=SIGNED, json={}, timeout=10).json()
    return {b["role"] for b in policy["bindings"] if any("demo-nodes@" in m for m in b["members"])}


def record_of(tool: Tool, node: str) -> dict[str, Any]:
    text = tool.bucket().blob(f"demo-deployment/nodes/{node}.json").download_as_text()
    record: dict[str, Any] = json.loads(text)
    return record


@pytest.mark.parametrize("network", ["default_network", "new_network", "multi_nic_network"])
def test_shares_agent_and_dashboard_come_are_kept_and_go_without_a_trace(tool: Tool, network: str) -> None:
    settings = {**SHARES, "NETWORK_CONFIG": network, "LABELS": '{ team = "x" }'}
    created = tool.result("Create", **settings)
    assert tool.result("Plan", **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}

    made = servers(tool)
    label = created["cluster"]["label"]
    assert {path: (s["tier"], s["name"].split("/")[3]) for path, s in made.items()} == {
        "/mnt/a": ("BASIC_HDD", "us-central1-a"),
        "/mnt/b": ("BASIC_HDD", "us-central1-a"),
        "/mnt/c": ("ENTERPRISE", "us-central1"),
        "/mnt/d": ("ZONAL", "us-central1-a"),
    }
    assert all(s["labels"] == {"team": "x", "aiinfra-cluster": label} for s in made.values())
    inside = "default" if network == "default_network" else "demo-dpl-net"
    assert {s["networks"][0]["network"].rsplit("/", 1)[-1] for s in made.values()} == {inside}

    steps = {s["name"]: s for s in record_of(tool, created["nodes"][0]["name"])["steps"]}
    addresses = {path: s["networks"][0]["ipAddresses"][0] for path, s in made.items()}
    told = {m["path"]: m["source"] for m in steps["shares"]["mounts"]}
    assert told == {path: f"{address}:/nfsshare" for path, address in addresses.items()}
    assert steps["agent"]["status"] == "ok"
    assert project_roles() == {"roles/logging.logWriter", "roles/monitoring.metricWriter"}

    destroyed = tool.result("Destroy", **settings)
    assert destroyed["leftovers"] == []
    assert servers(tool) == {}
    assert project_roles() == set()


def test_where_the_gpus_are_seen_is_told(tool: Tool) -> None:
    line = tool.result("Create")["connection"]["dashboard"]
    assert "/monitoring/dashboards/" in line
    assert line.endswith("?project=my-project-1")
    found = requests.get(
        "https://monitoring.googleapis.com/v1/projects/my-project-1/dashboards", headers=SIGNED, timeout=10
    ).json()["dashboards"]
    (dashboard,) = found
    assert dashboard["name"].rsplit("/", 1)[-1] in line
    label = dashboard["labels"]["aiinfra-cluster"]
    charts = json.dumps(dashboard["mosaicLayout"])
    assert charts.count(f'metadata.user_labels.\\"aiinfra-cluster\\"=\\"{label}\\"') == len(
        dashboard["mosaicLayout"]["tiles"]
    )


def test_without_the_agent_there_are_neither_roles_nor_dashboard(tool: Tool) -> None:
    created = tool.result("Create", DISABLE_OPS_AGENT="true")
    assert "dashboard" not in created["connection"]
    assert project_roles() == set()
    steps = {s["name"]: s["status"] for s in record_of(tool, created["nodes"][0]["name"])["steps"]}
    assert steps["agent"] == "skipped"


def test_machines_without_gpus_have_no_dashboard_of_them(tool: Tool) -> None:
    created = tool.result("Create", VM_TYPE="e2-standard-4")
    assert "dashboard" not in created["connection"]
    assert project_roles() == {"roles/logging.logWriter", "roles/monitoring.metricWriter"}


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ({"denied": ["resourcemanager.projects.setIamPolicy"]}, "you may not grant roles on the project"),
        ({"denied": ["monitoring.dashboards.create"]}, "no GPU dashboard is made: you may not make one"),
        ({"services_off": ["monitoring.googleapis.com"]}, "no GPU dashboard is made: monitoring.googleapis.com is off"),
    ],
    ids=["roles", "dashboard", "service"],
)
def test_what_the_agent_can_not_have_is_a_line_and_no_failure(
    tool: Tool, conditions: dict[str, list[str]], said: str
) -> None:
    tool.has(**conditions)
    ran = tool.run("Create")
    assert ran.returncode == 0, ran.stderr
    assert said in ran.stderr
    assert tool.result("Destroy")["leftovers"] == []


def test_what_was_granted_stays_when_somebody_with_fewer_permissions_creates_again(tool: Tool) -> None:
    tool.result("Create")
    tool.has(denied=["resourcemanager.projects.setIamPolicy", "monitoring.dashboards.create"])
    assert tool.result("Create", INSTANCE_COUNT="2")["changes"] == {"add": 0, "change": 1, "destroy": 0}


def test_an_agent_that_could_not_be_installed_is_one_line_of_a_cluster_that_is_ready(tool: Tool) -> None:
    steps = [{"name": "agent", "status": "failed", "optional": True, "tail": "no route"}]
    told = {"status": "ready", "step": "done", "steps": steps}
    tool.goes_wrong({"match": {"host": NODE, "method": "RECORD"}, "status": 200, "body": told})
    said = tool.run("Create", SHOW_PROXY_URL="no")
    assert said.returncode == 0, said.stderr
    assert "the ops agent could not be set up on demo-vm-" in said.stderr


def test_status_tells_of_the_agent_and_the_dashboard_and_does_not_fail_for_them(tool: Tool) -> None:
    steps = [{"name": "agent", "status": "failed", "optional": True, "tail": "no route"}]
    told = {"status": "ready", "step": "done", "steps": steps}
    tool.goes_wrong({"match": {"host": NODE, "method": "RECORD"}, "status": 200, "body": told})
    created = tool.result("Create", SHOW_PROXY_URL="no")
    now = tool.result("Status", SHOW_PROXY_URL="no")
    checks = {c["name"]: (c["status"], c["detail"]) for c in now["checks"]}
    assert checks["ops agent on the nodes"] == ("failed", created["nodes"][0]["name"])
    assert now["connection"]["dashboard"] == created["connection"]["dashboard"]


def test_a_share_that_a_quota_forbids_ends_with_its_code_and_create_goes_on_once_it_is_there(tool: Tool) -> None:
    detail = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"description": NO_QUOTA}]}
    refusal = {"error": {"code": 429, "message": NO_QUOTA, "status": "RESOURCE_EXHAUSTED", "details": [detail]}}
    match = {"host": "file.googleapis.com", "method": "POST", "path": "us-central1/instances"}
    tool.goes_wrong({"match": match, "status": 429, "body": refusal})
    error = tool.result("Create", expected=12, **SHARES)["error"]
    assert "EnterpriseStorageGibPerRegion" in error["message"]

    tool.goes_wrong()
    assert tool.result("Create", **SHARES)["ok"]
    assert len(servers(tool)) == 4
    assert tool.result("Destroy", **SHARES)["leftovers"] == []


def test_filestore_that_fails_after_the_group_is_up_leaves_the_machines_as_they_are(tool: Tool) -> None:
    before = tool.result("Create")["nodes"]
    refusal = {"error": {"code": 429, "message": NO_QUOTA, "status": "RESOURCE_EXHAUSTED"}}
    match = {"host": "file.googleapis.com", "method": "POST", "path": "us-central1/instances"}
    tool.goes_wrong({"match": match, "status": 429, "body": refusal})
    tool.result("Create", expected=12, **SHARES)
    tool.goes_wrong()
    again = tool.result("Create", **SHARES)
    assert [n["name"] for n in again["nodes"]] == [n["name"] for n in before]
    assert len(servers(tool)) == 4
    # They were made without the shares, and are named with the command that makes them anew.
    checks = {c["name"]: (c["status"], c["detail"]) for c in again["checks"]}
    assert checks["machines up to date"] == ("failed", before[0]["name"])
    assert tool.result("Destroy", **SHARES)["leftovers"] == []


def test_a_share_grows_in_place_and_keeps_its_machines(tool: Tool) -> None:
    tool.result("Create", NFS_FILESHARE_LIST="/mnt/a:BASIC_HDD:1024,/mnt/b:BASIC_HDD:1024")
    larger = {"NFS_FILESHARE_LIST": "/mnt/b:BASIC_HDD:1024,/mnt/a:BASIC_HDD:2048"}
    assert tool.result("Create", **larger)["changes"] == {"add": 0, "change": 1, "destroy": 0}
    assert tool.result("Plan", **larger)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    assert servers(tool)["/mnt/a"]["fileShares"] == [{"name": "nfsshare", "capacityGb": "2048"}]


def test_no_share_is_lost_to_another_setting_without_a_word(tool: Tool) -> None:
    shares = {"NFS_FILESHARE_LIST": "/mnt/a:BASIC_HDD:1024,/mnt/b:ENTERPRISE:1024"}
    tool.result("Create", **shares)
    before = servers(tool)
    for changed, told in (
        ({"NFS_FILESHARE_LIST": "/mnt/b:ENTERPRISE:1024"}, "no longer has /mnt/a"),
        ({"NETWORK_CONFIG": "new_network"}, "its network default becomes demo-dpl-net"),
        ({"ZONE": "us-central1-b"}, "its place us-central1-a becomes us-central1-b"),
        ({"NFS_FILESHARE_LIST": "/mnt/a:ZONAL:1024,/mnt/b:ENTERPRISE:1024"}, "its tier BASIC_HDD becomes ZONAL"),
    ):
        error = tool.result("Create", expected=2, **{**shares, **changed})["error"]
        assert told in error["message"]
        assert "DELETE_FILE_SHARES=yes" in error["advice"]
    assert servers(tool) == before
    fewer = {"NFS_FILESHARE_LIST": "/mnt/b:ENTERPRISE:1024", "DELETE_FILE_SHARES": "yes"}
    tool.result("Create", **fewer)
    assert list(servers(tool)) == ["/mnt/b"]
    tool.result("Destroy", **fewer)
    assert servers(tool) == {}


def test_a_place_that_can_not_be_asked_for_file_servers_is_no_place_without_any(tool: Tool) -> None:
    tool.result("Create")
    match = {"host": "file.googleapis.com", "method": "GET", "path": "locations/-/instances"}
    tool.goes_wrong({"match": match, "status": 200, "body": {"unreachable": ["us-east1-b"]}})
    error = tool.result("Destroy", expected=15)["error"]
    assert "Google can't answer for all of it now (us-east1-b)" in error["message"]
    tool.goes_wrong()
    assert tool.result("Destroy")["leftovers"] == []


def test_destroy_cleans_up_after_a_share_that_could_not_be_made(tool: Tool) -> None:
    refusal = {"error": {"code": 429, "message": NO_QUOTA, "status": "RESOURCE_EXHAUSTED"}}
    match = {"host": "file.googleapis.com", "method": "POST", "path": "us-central1/instances"}
    tool.goes_wrong({"match": match, "status": 429, "body": refusal})
    tool.result("Create", expected=12, **SHARES)
    assert servers(tool)
    tool.goes_wrong()
    assert tool.result("Destroy", **SHARES)["leftovers"] == []
    assert servers(tool) == {}


def test_file_servers_of_a_lost_state_are_named_and_its_dashboard_is_deleted(tool: Tool) -> None:
    tool.result("Create", **SHARES)
    tool.bucket().blob("demo-deployment/terraform/state/default.tfstate").delete()
    left = tool.result("Destroy", expected=23, **SHARES)["leftovers"]
    servers = [each for each in left if each["kind"] == "file server"]
    assert len(servers) == 4
    assert all(each["command"].startswith("gcloud filestore instances delete demo-nfs-") for each in servers)
    assert [each["name"] for each in left if each["kind"] == "dashboard"] == []  # nothing needs it: it is deleted


def test_services_that_are_off_have_nothing_left(tool: Tool) -> None:
    tool.result("Create", DISABLE_OPS_AGENT="yes")
    tool.has(services_off=["file.googleapis.com", "monitoring.googleapis.com"])
    assert tool.result("Destroy", DISABLE_OPS_AGENT="yes")["leftovers"] == []


def test_filestore_that_is_off_is_found_out_before_anything_is_made(tool: Tool) -> None:
    tool.has(services_off=["file.googleapis.com"])
    error = tool.result("Create", expected=11, **SHARES)["error"]
    assert "file" in error["message"]
    assert tool.result("Validate")["ok"]
