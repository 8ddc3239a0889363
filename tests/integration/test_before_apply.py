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


SPOT = {"PROVISIONING_MODEL": "spot"}


def test_spot_machines_count_on_the_preemptible_quota(tool: Tool) -> None:
    tool.has(quotas={REGION: {"PREEMPTIBLE_NVIDIA_A100_GPUS": 1, "NVIDIA_A100_GPUS": 0}})
    message = tool.result("Validate", expected=12, **SPOT)["error"]["message"]
    assert "PREEMPTIBLE_NVIDIA_A100_GPUS in us-central1: 2 needed, 0 of 1 used" in message


def test_where_no_preemptible_quota_was_granted_the_regular_one_decides_and_is_no_sure_pass(tool: Tool) -> None:
    none = {"PREEMPTIBLE_NVIDIA_A100_GPUS": 0, "PREEMPTIBLE_CPUS": 0}
    tool.has(quotas={REGION: {**none, "NVIDIA_A100_GPUS": 8}})
    status, detail = rows(tool.result("Validate", **SPOT))["quota PREEMPTIBLE_NVIDIA_A100_GPUS"]
    assert (status, "0 of 8 NVIDIA_A100_GPUS used" in detail) == ("unknown", True)
    tool.has(quotas={REGION: {**none, "NVIDIA_A100_GPUS": 1}})
    assert "0 of 1 NVIDIA_A100_GPUS used" in tool.result("Validate", expected=12, **SPOT)["error"]["message"]


def test_reserved_machines_count_on_the_reservation(tool: Tool) -> None:
    tool.has(quotas={REGION: {"NVIDIA_A100_GPUS": 0}})
    found = rows(tool.result("Validate", RESERVATION_NAME="mine"))
    assert "quota NVIDIA_A100_GPUS" not in found
    assert found["quota SSD_TOTAL_GB"][0] == "ok"


def test_an_alternative_whose_quota_is_too_small_is_said_and_no_reason_to_stop(tool: Tool) -> None:
    tool.has(quotas={"us-east1": {"NVIDIA_A100_GPUS": 1}})
    said = tool.run("Validate", ZONE="us-central1-a,us-east1-b")
    assert said.returncode == 0, said.stderr
    assert "the quotas of the alternative in us-east1 would not do: NVIDIA_A100_GPUS: 2 needed, 0 of 1" in said.stderr
    tool.result("Validate", expected=12, ZONE="us-east1-b,us-central1-a")


def test_several_networks_count_on_the_quota_for_networks(tool: Tool) -> None:
    tool.has(quotas={"global": {"NETWORKS": 5}})
    settings = {"NETWORK_CONFIG": "multi_nic_network", "VM_TYPE": "a2-highgpu-8g"}
    assert (
        "NETWORKS in global: 5 needed, 1 of 5 used"
        in tool.result("Validate", expected=12, **settings)["error"]["message"]
    )


def test_the_price_is_told_with_its_day_and_what_it_leaves_out(tool: Tool) -> None:
    status, detail = rows(tool.result("Validate", INSTANCE_COUNT="2", DISK_SIZE_GB="730", DISK_TYPE="pd-balanced"))[
        "price"
    ]
    assert status == "ok"
    # 4 x 3.673385 for the GPUs' machines, and 2 x 730 GB at 0.10 a month of 730 hours
    assert detail.startswith("14.90 USD an hour for 2 x a2-highgpu-2g in us-central1, disks 0.20 of it")
    assert "external addresses and network traffic not counted (list prices of 2026-09-19)" in detail


def test_a_cluster_above_the_limit_is_refused(tool: Tool) -> None:
    error = tool.result("Create", expected=18, MAX_HOURLY_COST="10", INSTANCE_COUNT="2")["error"]
    assert "MAX_HOURLY_COST=10: the cluster costs" in error["message"]
    assert "SKIP_CHECKS=price" in error["advice"]
    assert nothing_was_made(tool)
    tool.result("Validate", MAX_HOURLY_COST="16", INSTANCE_COUNT="2")


@pytest.mark.parametrize("settings", [{"ZONE": "europe-west6-b"}, {"VM_TYPE": "a3-edgegpu-8g"}], ids=str)
def test_a_price_that_is_not_known_is_unknown_and_above_every_limit(tool: Tool, settings: dict[str, str]) -> None:
    assert rows(tool.result("Validate", **settings))["price"][0] == "unknown"
    message = tool.result("Create", expected=18, MAX_HOURLY_COST="100000", **settings)["error"]["message"]
    assert "what it costs isn't known" in message
    tool.result("Validate", MAX_HOURLY_COST="1", SKIP_CHECKS="price", **settings)


def test_spot_machines_cost_at_most_what_they_cost_on_demand(tool: Tool) -> None:
    assert rows(tool.result("Validate", **SPOT))["price"][1].startswith("at most 7.82 USD an hour")
    message = tool.result("Validate", expected=18, MAX_HOURLY_COST="7", **SPOT)["error"]["message"]
    assert "the cluster can cost 7.82 USD an hour" in message


def test_flex_start_has_prices_of_its_own(tool: Tool) -> None:
    settings = {"VM_TYPE": "a3-highgpu-8g", "PROVISIONING_MODEL": "flex-start", "DISK_SIZE_GB": "10"}
    assert rows(tool.result("Validate", **settings))["price"][1].startswith("38.33 USD an hour")


def test_attached_gpus_are_added_to_their_machine(tool: Tool) -> None:
    settings = {"VM_TYPE": "n1-standard-8", "ACCELERATOR_TYPE": "nvidia-tesla-t4", "GPU_COUNT": "2"}
    found = rows(tool.result("Validate", DISK_SIZE_GB="10", DISK_TYPE="pd-standard", **settings))
    # 8 x 0.031611 + 30 x 0.004237 + 2 x 0.35, and a disk that costs less than a cent
    assert found["price"][1].startswith("1.09 USD an hour")


def test_checks_are_skipped_by_name_and_told_as_skipped(tool: Tool) -> None:
    tool.has(
        services_off=["iam.googleapis.com"],
        denied=["compute.instances.create"],
        quotas={REGION: {"NVIDIA_A100_GPUS": 0}},
        machine_types={"a2-highgpu-2g": {"zones": ["us-central1-b"]}},
    )
    skipped = ("apis", "permissions", "quotas", "price", "machine-type")
    found = rows(tool.result("Validate", SKIP_CHECKS=",".join(skipped), MAX_HOURLY_COST="0.01"))
    assert {found[name][0] for name in skipped} == {"skipped"}
    assert found["image"][0] == "ok"


def test_without_the_check_the_cloud_itself_refuses_and_the_class_is_the_same(tool: Tool) -> None:
    tool.has(quotas={REGION: {"NVIDIA_A100_GPUS": 1}})
    error = tool.result("Create", expected=12, SKIP_CHECKS="quotas", CAPACITY_WAIT="0")["error"]
    assert "Quota 'NVIDIA_A100_GPUS' exceeded" in error["message"]
