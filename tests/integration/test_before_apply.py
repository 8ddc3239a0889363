"""What is found out before Terraform starts: every problem at once, nothing unknown taken for good, nothing made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

REGION = "us-central1"


def rows(result: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The checks by name: status and detail."""
    return {c["name"]: (c["status"], c["detail"]) for c in result["checks"]}


def nothing_was_made(tool: Tool) -> bool:
    return list(tool.client().list_buckets()) == []


def test_with_everything_there_every_check_is_a_pass_or_says_that_it_is_unknown(tool: Tool) -> None:
    found = rows(tool.result("Validate"))
    for name in ("apis", "permissions", "zone", "machine-type", "image", "service account"):
        assert found[name][0] == "ok", found[name]
    assert "a2-highgpu-2g" in found["machine-type"][1]


def test_the_checks_are_a_table_on_the_screen(tool: Tool) -> None:
    lines = tool.run("Validate").stderr.splitlines()
    starts = {line.index(" ok ") for line in lines if line.startswith(("  apis ", "  permissions ", "  image "))}
    assert len(starts) == 1, lines


def test_a_service_that_is_off_is_refused_with_the_command_that_switches_it_on(tool: Tool) -> None:
    tool.has(services_off=["iam.googleapis.com", "storage.googleapis.com"])
    result = tool.result("Create", expected=11)
    command = "gcloud services enable storage.googleapis.com iam.googleapis.com --project=my-project-1"
    assert command in result["error"]["advice"]
    assert rows(result)["apis"] == ("failed", "off: storage, iam")
    tool.has()
    assert nothing_was_made(tool)


def test_a_service_that_only_ssh_needs_is_a_line_and_no_refusal(tool: Tool) -> None:
    tool.has(services_off=["iap.googleapis.com"])
    said = tool.run("Validate")
    assert said.returncode == 0
    assert "gcloud services enable iap.googleapis.com --project=my-project-1" in said.stderr


def test_services_that_one_may_not_look_up_are_unknown(tool: Tool) -> None:
    body = {"error": {"code": 403, "message": "no serviceusage.services.get", "status": "PERMISSION_DENIED"}}
    tool.goes_wrong({"match": {"host": "serviceusage.googleapis.com"}, "status": 403, "body": body})
    status, detail = rows(tool.result("Validate"))["apis"]
    assert status == "unknown"
    assert "serviceusage.services.get" in detail


def test_missing_permissions_are_named_with_what_they_are_for(tool: Tool) -> None:
    tool.has(denied=["compute.networks.create", "compute.instanceGroupManagers.create"])
    error = tool.result("Create", expected=11, NETWORK_CONFIG="new_network")["error"]
    assert "compute.networks.create (networks of its own)" in error["message"]
    assert "compute.instanceGroupManagers.create (machines)" in error["message"]
    assert nothing_was_made(tool)


def test_a_permission_that_the_cluster_does_not_need_is_not_asked_for(tool: Tool) -> None:
    tool.has(denied=["compute.networks.create"])
    assert rows(tool.result("Validate", NETWORK_CONFIG="default_network"))["permissions"][0] == "ok"


def test_permissions_that_can_not_be_tested_are_unknown(tool: Tool) -> None:
    body = {"error": {"code": 403, "message": "off", "status": "PERMISSION_DENIED"}}
    match = {"host": "cloudresourcemanager.googleapis.com", "path": "testIamPermissions"}
    tool.goes_wrong({"match": match, "status": 403, "body": body})
    assert rows(tool.result("Validate"))["permissions"][0] == "unknown"


def test_a_machine_type_that_the_zone_has_not_is_refused_with_the_zones_that_have_it(tool: Tool) -> None:
    tool.has(machine_types={"a2-highgpu-2g": {"zones": ["us-central1-b", "asia-east1-a", "us-central1-c"]}})
    message = tool.result("Create", expected=2)["error"]["message"]
    assert "VM_TYPE=a2-highgpu-2g: zone us-central1-a does not have it" in message
    assert "these do: us-central1-b, us-central1-c, asia-east1-a" in message
    assert nothing_was_made(tool)


def test_a_machine_type_that_is_obsolete_is_refused_and_a_deprecated_one_said(tool: Tool) -> None:
    tool.has(machine_types={"a2-highgpu-2g": {"deprecated": {"state": "OBSOLETE"}}})
    assert "obsolete" in tool.result("Create", expected=2)["error"]["message"]
    tool.has(machine_types={"a2-highgpu-2g": {"deprecated": {"state": "DEPRECATED"}}})
    assert "is deprecated in us-central1-a" in tool.run("Validate").stderr


def test_what_compute_engine_says_of_a_machine_type_wins_over_the_table(tool: Tool) -> None:
    carries = [{"guestAcceleratorType": "nvidia-tesla-a100", "guestAcceleratorCount": 4}]
    tool.has(machine_types={"a2-highgpu-2g": {"accelerators": carries}})
    work = tool.folder / "work"
    said = tool.run("Validate", WORK_DIR=str(work))
    assert "describes a2-highgpu-2g with 4 x nvidia-tesla-a100" in said.stderr
    (variables,) = work.rglob("*.auto.tfvars*")
    assert re.search(r"accelerator_count\W+4\b", variables.read_text())


def test_an_accelerator_is_looked_up_in_the_zone_with_how_many_a_machine_takes(tool: Tool) -> None:
    settings = {"VM_TYPE": "n1-standard-32", "ACCELERATOR_TYPE": "nvidia-tesla-t4", "GPU_COUNT": "4"}
    tool.has(accelerator_types={"nvidia-tesla-t4": {"zones": ["us-central1-b"]}})
    message = tool.result("Create", expected=2, **settings)["error"]["message"]
    assert "ACCELERATOR_TYPE=nvidia-tesla-t4: zone us-central1-a does not have it" in message
    tool.has(accelerator_types={"nvidia-tesla-t4": {"maximumCardsPerInstance": 2}})
    message = tool.result("Create", expected=2, **settings)["error"]["message"]
    assert "GPU_COUNT=4: us-central1-a gives at most 2 of nvidia-tesla-t4" in message


def test_a_missing_family_is_refused_with_the_nearest_one(tool: Tool) -> None:
    message = tool.result(
        "Create",
        expected=2,
        IMAGE_FAMILY_NAME="pytorch-2-8-cu128-ubuntu-2204-nvidia-570",
        IMAGE_PROJECT="deeplearning-platform-release",
    )["error"]["message"]
    assert "IMAGE_FAMILY_NAME=pytorch-2-8-cu128-ubuntu-2204-nvidia-570" in message
    assert "the nearest of that project is pytorch-2-9-cu129-ubuntu-2204-nvidia-580" in message
    assert nothing_was_made(tool)


def test_the_family_is_resolved_and_an_image_that_is_going_is_said(tool: Tool) -> None:
    old = {
        "name": "tool-v1",
        "family": "tool",
        "deprecated": {"state": "DEPRECATED", "replacement": "x/images/tool-v2"},
    }
    tool.has(images={"my-images": [old, {"name": "tool-v2", "family": "tool"}]})
    assert (
        "tool-v2 of my-images"
        in rows(tool.result("Validate", IMAGE_FAMILY_NAME="tool", IMAGE_PROJECT="my-images"))["image"][1]
    )
    said = tool.run("Validate", IMAGE_NAME="tool-v1", IMAGE_PROJECT="my-images").stderr
    assert "the image tool-v1 of my-images is deprecated and will go. Its replacement is tool-v2." in said


def test_every_failure_is_told_at_once_and_the_lowest_code_wins(tool: Tool) -> None:
    tool.has(
        services_off=["iam.googleapis.com"],
        denied=["compute.instances.create"],
        machine_types={"a2-highgpu-2g": {"zones": ["us-central1-b"]}},
    )
    result = tool.result("Create", expected=2)
    message = result["error"]["message"]
    assert all(part in message for part in ("iam", "compute.instances.create", "VM_TYPE=a2-highgpu-2g"))
    assert {n for n, (status, _) in rows(result).items() if status == "failed"} == {
        "apis",
        "permissions",
        "machine-type",
    }


@pytest.mark.parametrize("action", ["Plan", "Validate"])
def test_plan_and_validate_look_too(tool: Tool, action: str) -> None:
    tool.has(services_off=["iam.googleapis.com"])
    tool.result(action, expected=11)


def test_destroy_does_not_look(tool: Tool) -> None:
    tool.result("Create")
    tool.has(services_off=["iap.googleapis.com"], denied=["compute.instances.create"])
    assert "permissions" not in rows(tool.result("Destroy"))


def test_a_gpu_quota_that_is_too_small_is_refused_with_all_that_one_needs_to_ask_for_more(tool: Tool) -> None:
    tool.has(quotas={REGION: {"NVIDIA_A100_GPUS": 3}})
    error = tool.result("Create", expected=12, INSTANCE_COUNT="2")["error"]
    assert "NVIDIA_A100_GPUS in us-central1: 4 needed, 0 of 3 used" in error["message"]
    assert "https://console.cloud.google.com/iam-admin/quotas?project=my-project-1" in error["advice"]
    tool.has()
    assert nothing_was_made(tool)


@pytest.mark.parametrize(
    ("place", "metric", "limit", "told"),
    [
        ("global", "GPUS_ALL_REGIONS", 0, "GPUS_ALL_REGIONS in global: 4 needed, 0 of 0 used"),
        (REGION, "SSD_TOTAL_GB", 500, "SSD_TOTAL_GB in us-central1: 4000 needed, 0 of 500 used"),
        (REGION, "A2_CPUS", 40, "A2_CPUS in us-central1: 48 needed, 0 of 40 used"),
        (REGION, "IN_USE_ADDRESSES", 1, "IN_USE_ADDRESSES in us-central1: 2 needed, 0 of 1 used"),
        ("global", "NETWORKS", 1, "NETWORKS in global: 1 needed, 1 of 1 used"),
    ],
)
def test_other_quotas_count_too(tool: Tool, place: str, metric: str, limit: int, told: str) -> None:
    tool.has(quotas={place: {metric: limit}})
    settings = {"INSTANCE_COUNT": "2", "NETWORK_CONFIG": "new_network"}
    assert told in tool.result("Validate", expected=12, **settings)["error"]["message"]


def test_a_metric_that_the_api_does_not_have_is_unknown_and_no_pass(tool: Tool) -> None:
    tool.has(quotas={REGION: {"NVIDIA_A100_GPUS": None}})
    assert rows(tool.result("Validate"))["quota NVIDIA_A100_GPUS"][0] == "unknown"


def test_a_cluster_does_not_fail_on_its_own_usage_and_growth_counts_what_is_added(tool: Tool) -> None:
    tool.has(quotas={REGION: {"NVIDIA_A100_GPUS": 4}})
    tool.result("Create", INSTANCE_COUNT="2")
    again = rows(tool.result("Create", INSTANCE_COUNT="2"))
    assert again["quotas"] == ("ok", "nothing is added")
    message = tool.result("Create", expected=12, INSTANCE_COUNT="3")["error"]["message"]
    assert "NVIDIA_A100_GPUS in us-central1: 2 needed, 4 of 4 used" in message
    other = tool.result("Validate", expected=12, NAME_PREFIX="other", INSTANCE_COUNT="1")["error"]["message"]
    assert "2 needed, 4 of 4 used" in other


def test_the_newest_gpus_have_a_second_source_which_tells_limits_without_usage(tool: Tool) -> None:
    family = {"dimensions": {"gpu_family": "NVIDIA_H100"}, "applicableLocations": [REGION]}
    name, settings = "quota NVIDIA_H100_GPUS", {"VM_TYPE": "a3-highgpu-8g"}
    tool.has(quota_infos={"GPUS-PER-GPU-FAMILY-per-project-region": [{**family, "details": {"value": "16"}}]})
    status, detail = rows(tool.result("Validate", **settings))[name]
    assert (status, "the limit is 16" in detail) == ("unknown", True)
    tool.has(quota_infos={"GPUS-PER-GPU-FAMILY-per-project-region": [{**family, "details": {"value": "4"}}]})
    message = tool.result("Create", expected=12, **settings)["error"]["message"]
    assert "NVIDIA_H100_GPUS in us-central1: 8 needed, the limit is 4 (Cloud Quotas)" in message
    tool.has(quota_infos={"GPUS-PER-GPU-FAMILY-per-project-region": [{**family, "details": {}}]})
    assert rows(tool.result("Validate", **settings))[name][0] == "unknown"


def test_quotas_that_one_may_not_look_up_are_unknown(tool: Tool) -> None:
    body = {"error": {"code": 403, "message": "Required 'compute.regions.get' permission", "status": "X"}}
    match = {"host": "compute.googleapis.com", "path": f"/regions/{REGION}"}
    tool.goes_wrong({"match": match, "status": 403, "body": body})
    status, detail = rows(tool.result("Validate"))["quota NVIDIA_A100_GPUS"]
    assert status == "unknown"
    assert "compute.regions.get" in detail
