"""A run that was killed outright: what it could not note any more is taken over by the next Create, or named."""

import pytest

from tests.integration.conftest import Tool
from tests.integration.gcp.calls import by_hand
from tests.integration.gcp.kills import killed_when
from tests.integration.gcp.state import STATE

NEW = {"NETWORK_CONFIG": "new_network"}


@pytest.mark.parametrize("at", ["google_service_account.nodes: Creation complete", "instance_group_manager"])
def test_create_takes_over_what_a_killed_run_made(tool: Tool, at: str) -> None:
    killed_when(tool, at, **NEW)
    created = tool.result("Create", **NEW)
    assert [n["status"] for n in created["nodes"]] == ["ready"]
    assert tool.result("Plan", **NEW)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    tool.nothing_is_left_after_destroy(**NEW)


@pytest.mark.parametrize(
    "settings",
    [
        NEW,
        {"COMPACT_PLACEMENT": "yes", "NFS_FILESHARE_LIST": "/mnt/a:BASIC_HDD"},
        {"NETWORK_CONFIG": "multi_nic_network", "VM_TYPE": "a3-ultragpu-8g", "PROVISIONING_MODEL": "spot"},
        {"ORCHESTRATOR_TYPE": "ray", "EXTERNAL_IP": "no"},
    ],
    ids=" ".join,
)
def test_a_lost_state_is_found_again(tool: Tool, settings: dict[str, str]) -> None:
    first = tool.result("Create", **settings)
    tool.bucket().blob(STATE).delete()
    said = tool.run("Create", **settings)
    assert said.returncode == 0, said.stderr
    assert "serviceAccounts/demo-nodes@my-project-1.iam.gserviceaccount.com is there already" in said.stderr
    assert tool.result("Status", **settings)["nodes"] == first["nodes"]
    assert tool.result("Plan", **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    tool.nothing_is_left_after_destroy(**settings)


def test_destroy_after_a_killed_run_names_what_its_state_does_not_know(tool: Tool) -> None:
    killed_when(tool, "google_service_account.nodes: Creation complete", **NEW)
    state = tool.bucket().blob(STATE)
    if state.exists():  # Terraform writes it every 20 seconds, so it may have come to that
        state.delete()
    left = tool.result("Destroy", expected=23, **NEW)["leftovers"]
    assert "service account" in [each["kind"] for each in left]
    tool.result("Create", **NEW)
    tool.nothing_is_left_after_destroy(**NEW)


def test_the_account_of_a_cluster_with_a_longer_name_is_nobodys_leftover(tool: Tool) -> None:
    longer = {"NAME_PREFIX": "demo-gke"}
    tool.result("Create", **longer)
    assert tool.result("Destroy")["leftovers"] == []
    tool.nothing_is_left_after_destroy(**longer)


def test_somebody_elses_network_of_that_name_is_never_taken_over(tool: Tool) -> None:
    by_hand("POST", "global/networks", {"name": "demo-dpl-net", "description": "mine", "autoCreateSubnetworks": False})
    error = tool.result("Create", expected=20, **NEW)["error"]
    assert error["class"] == "AlreadyThere"
    assert "gcloud compute networks delete demo-dpl-net --project=my-project-1" in error["advice"]
    tool.result("Create", expected=20, **NEW)
    tool.result("Destroy", expected=23, **NEW)
    by_hand("DELETE", "global/networks/demo-dpl-net")
    tool.nothing_is_left_after_destroy(**NEW)


def test_a_cluster_of_the_same_name_with_another_state_is_not_taken_over(tool: Tool) -> None:
    first = tool.result("Create", **NEW)
    elsewhere = {**NEW, "TERRAFORM_GCS_PATH": "gs://another-bucket/dir"}
    for _ in range(2):
        assert tool.result("Create", expected=20, **elsewhere)["error"]["class"] == "AlreadyThere"
    assert tool.result("Status", **NEW)["nodes"] == first["nodes"]
    tool.result("Destroy", **NEW)
