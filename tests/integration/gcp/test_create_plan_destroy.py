"""The round trip: Create, Plan, change, Destroy, on the embedded cloud that plays the machines.

With PROVIDER_MIRROR set, the same tests run with the providers that are there.
"""

import json
import re
from pathlib import Path

import pytest

from tests.integration.conftest import Tool

STATE = "demo-deployment/terraform/state/default.tfstate"


@pytest.mark.parametrize(
    "settings",
    [
        {"INSTANCE_COUNT": "2"},
        {"NETWORK_CONFIG": "new_network", "GCS_MOUNT_LIST": "data-bucket:/mnt/data,,other-bucket:/mnt/other"},
        {
            "NETWORK_CONFIG": "new_network",
            "EXTERNAL_IP": "no",
            "ENABLE_NOTEBOOK": "false",
            "SERVICE_ACCOUNT": "mine@my-project-1.iam.gserviceaccount.com",
            "VM_TYPE": "n1-standard-8",
            "ACCELERATOR_TYPE": "nvidia-tesla-t4",
            "GPU_COUNT": "1",
            "DISK_TYPE": "pd-balanced",
        },
        {
            "VM_TYPE": "e2-standard-4",
            "METADATA": '{ a = "${b} %{c}", "d-e": "f\\"g" , }',
            "LABELS": '{ team = "x" }',
            "STARTUP_COMMAND": 'echo "${HOME}" %{x} $(date)',
        },
    ],
    ids=",".join,
)
def test_create_then_plan_without_changes_then_destroy_leaves_nothing(tool: Tool, settings: dict[str, str]) -> None:
    created = tool.result("Create", **settings)
    assert {n["status"] for n in created["nodes"]} == {"ready"}
    assert tool.result("Plan", **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    destroyed = tool.result("Destroy", **settings)
    assert destroyed["leftovers"] == []
    assert not tool.bucket().exists()


@pytest.mark.parametrize(
    "settings", [{}, {"SERVICE_ACCOUNT": "111122223333-compute@developer.gserviceaccount.com"}], ids=["own", "default"]
)
def test_a_domain_scoped_project_takes_a_cluster_at_the_first_try(tool: Tool, settings: dict[str, str]) -> None:
    place = {"PROJECT_ID": "example.com:ml-train", "TERRAFORM_GCS_PATH": "gs://states-of-ml-train/state"}
    assert tool.result("Create", **place, **settings)["nodes"]
    assert tool.result("Plan", **place, **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    assert tool.result("Destroy", **place, **settings)["leftovers"] == []


def test_the_connection_text_has_state_nodes_and_only_what_works_in_a_rehearsal(tool: Tool) -> None:
    said = tool.run("Create", INSTANCE_COUNT="2").stdout
    assert "gs://aiinfra-terraform-my-project-1/demo-deployment/terraform/state" in said
    assert len(re.findall(r"^  demo-vm-\w+ .* ready$", said, re.MULTILINE)) == 2
    assert "USD an hour" in said.splitlines()[0]
    assert "gcloud" not in said and "googleusercontent" not in said


def test_the_notebooks_of_the_result_answer(tool: Tool) -> None:
    urls = [node["jupyter"] for node in tool.result("Create", INSTANCE_COUNT="2")["nodes"]]
    assert len(urls) == 2
    import requests

    assert all("version" in requests.get(f"{url}api", timeout=10).json() for url in urls)


def test_values_with_terraforms_own_syntax_arrive_verbatim(tool: Tool) -> None:
    command = "echo \"${HOME}\" %{if x} $(date) \\d 'q'"
    tool.result("Create", STARTUP_COMMAND=command, METADATA='{ greeting = "${var.zone} %{ for }" }')
    state = json.loads(tool.bucket().blob(STATE).download_as_text())
    (template,) = [r for r in state["resources"] if r["type"] == "google_compute_instance_template"]
    metadata = template["instances"][0]["attributes"]["metadata"]
    assert metadata["cluster-startup-command"] == command
    assert metadata["greeting"] == "${var.zone} %{ for }"
    assert metadata["enable-oslogin"] == "TRUE"


def test_plan_before_the_first_create_lists_what_it_would_make_with_the_price_and_creates_nothing(tool: Tool) -> None:
    said = tool.run("Plan")
    assert said.returncode == 0
    counts, *listed, price = said.stdout.splitlines()
    assert counts == f"{len(listed)} to add, 0 to change, 0 to destroy"
    assert any(each.split()[:4] == ["+", "instance", "group", "manager"] for each in listed)
    assert "USD an hour" in price
    assert list(tool.client().list_buckets()) == []


def test_validate_creates_nothing(tool: Tool) -> None:
    assert tool.result("Validate")["ok"]
    assert list(tool.client().list_buckets()) == []


def test_create_again_grows_or_shrinks_the_group_under_the_same_label(tool: Tool) -> None:
    first = tool.result("Create", INSTANCE_COUNT="1")
    planned = tool.result("Plan", INSTANCE_COUNT="3")
    second = tool.result("Create", INSTANCE_COUNT="3")
    assert second["changes"] == {"add": 0, "change": 1, "destroy": 0}
    (change,) = planned["plan"]
    assert (change["action"], change["kind"]) == ("change", "google_compute_instance_group_manager")
    assert second["plan"] == planned["plan"]
    assert second["price"]["hourly"] == pytest.approx(3 * first["price"]["hourly"], abs=0.01)
    assert len(second["cluster"]["label"]) == 6
    assert second["cluster"] == first["cluster"]
    names = {n["name"] for n in second["nodes"]}
    assert {n["name"] for n in first["nodes"]} <= names
    assert len(names) == 3
    third = tool.result("Create", INSTANCE_COUNT="1")
    records = tool.bucket().list_blobs(prefix="demo-deployment/nodes/")
    assert {Path(b.name).stem for b in records} == {n["name"] for n in third["nodes"]}


def test_another_command_makes_a_new_template_and_keeps_the_group(tool: Tool) -> None:
    tool.result("Create", STARTUP_COMMAND="echo one")
    changed = tool.result("Create", STARTUP_COMMAND="echo two")
    assert changed["changes"] == {"add": 1, "change": 1, "destroy": 1}


def test_going_without_notebooks_closes_their_port_in_place(tool: Tool) -> None:
    tool.result("Create", NETWORK_CONFIG="new_network")
    changed = tool.result("Create", NETWORK_CONFIG="new_network", ENABLE_NOTEBOOK="no")
    assert changed["changes"] == {"add": 1, "change": 2, "destroy": 1}  # template anew; firewall and group changed


def test_machines_that_mount_the_state_bucket_reach_no_deployment_in_it(tool: Tool) -> None:
    settings = {"TERRAFORM_GCS_PATH": "gs://one-for-all/clusters", "GCS_MOUNT_LIST": "one-for-all:/usr/trainfiles,"}
    bucket = tool.bucket("one-for-all")
    bucket.iam_configuration.uniform_bucket_level_access_enabled = True
    bucket.create()
    tool.result("Create", **settings)
    policy = bucket.get_iam_policy(requested_policy_version=3)
    conditions = {b["condition"]["title"]: b["condition"]["expression"] for b in policy.bindings if "condition" in b}
    assert conditions["demo mounts"] == 'resource.name.extract("-deployment/{rest}") == ""'
    assert not [b for b in policy.bindings if b["role"] == "roles/storage.objectUser" and "condition" not in b]
    assert tool.result("Plan", **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    assert tool.result("Destroy", **settings)["leftovers"] == []


def test_a_named_bucket_and_folder_are_used_and_the_bucket_stays(tool: Tool) -> None:
    path = "gs://my-own-bucket/some/folder"
    created = tool.result("Create", TERRAFORM_GCS_PATH=path)
    assert created["state"]["uri"] == f"{path}/demo-deployment/terraform/state"
    tool.result("Destroy", TERRAFORM_GCS_PATH=path)
    bucket = tool.bucket("my-own-bucket")
    assert bucket.exists()
    assert list(bucket.list_blobs()) == []


def test_a_bucket_that_can_not_grant_by_folder_makes_the_machines_use_the_default_account(tool: Tool) -> None:
    tool.client().create_bucket("old-style-bucket")
    said = tool.run("Create", TERRAFORM_GCS_PATH="gs://old-style-bucket")
    assert said.returncode == 0, said.stderr
    assert "no uniform bucket-level access" in said.stderr


def test_two_clusters_share_the_default_bucket_which_is_private_and_versioned(tool: Tool) -> None:
    tool.result("Create")
    bucket = tool.client().get_bucket("aiinfra-terraform-my-project-1")
    assert bucket.iam_configuration.uniform_bucket_level_access_enabled
    assert bucket.iam_configuration.public_access_prevention == "enforced"
    assert bucket.versioning_enabled
    assert bucket.labels == {"created-by": "cluster-provision"}
    tool.result("Create", NAME_PREFIX="other")
    tool.result("Destroy")
    assert tool.result("Plan", NAME_PREFIX="other")["changes"] == {"add": 0, "change": 0, "destroy": 0}


def test_destroy_without_a_cluster_says_so_and_succeeds(tool: Tool) -> None:
    said = tool.run("Destroy")
    assert said.returncode == 0
    assert "nothing to destroy" in said.stdout


def test_action_counts_where_there_is_no_argument(tool: Tool) -> None:
    assert tool.result("", ACTION="vaLIdate")["action"] == "validate"
