"""What is found out before Terraform starts, by whole runs: nothing is made, and every problem is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.integration.checks import rows

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

REGION = "us-central1"


def nothing_was_made(tool: Tool) -> bool:
    return list(tool.client().list_buckets()) == []


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


def test_where_compute_engine_is_off_the_other_services_that_are_off_are_told_too(tool: Tool) -> None:
    tool.has(services_off=["compute.googleapis.com", "iam.googleapis.com"])
    error = tool.result("Create", expected=11)["error"]
    assert "gcloud services enable compute.googleapis.com iam.googleapis.com --project=my-project-1" in error["advice"]


def test_what_compute_engine_says_of_a_machine_type_wins_over_the_table(tool: Tool) -> None:
    carries = [{"guestAcceleratorType": "nvidia-tesla-a100", "guestAcceleratorCount": 4}]
    tool.has(machine_types={"a2-highgpu-2g": {"accelerators": carries}})
    work = tool.folder / "work"
    said = tool.run("Validate", WORK_DIR=str(work))
    assert "describes a2-highgpu-2g with 4 x nvidia-tesla-a100" in said.stderr
    (variables,) = work.rglob("*.auto.tfvars*")
    assert re.search(r"accelerator_count\W+4\b", variables.read_text())


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
    assert rows(tool.result("Destroy")).keys() == {"credentials"}


def test_a_gpu_quota_that_is_too_small_is_refused_with_all_that_one_needs_to_ask_for_more(tool: Tool) -> None:
    tool.has(quotas={REGION: {"NVIDIA_A100_GPUS": 3}})
    error = tool.result("Create", expected=12, INSTANCE_COUNT="2")["error"]
    assert "NVIDIA_A100_GPUS in us-central1: 4 needed, 0 of 3 used" in error["message"]
    assert "https://console.cloud.google.com/iam-admin/quotas?project=my-project-1" in error["advice"]
    tool.has()
    assert nothing_was_made(tool)


def test_a_cluster_does_not_fail_on_its_own_usage_and_growth_counts_what_is_added(tool: Tool) -> None:
    tool.has(quotas={REGION: {"NVIDIA_A100_GPUS": 4}})
    tool.result("Create", INSTANCE_COUNT="2")
    again = rows(tool.result("Create", INSTANCE_COUNT="2"))
    assert again["quotas"] == ("ok", "nothing is added")
    message = tool.result("Create", expected=12, INSTANCE_COUNT="3")["error"]["message"]
    assert "NVIDIA_A100_GPUS in us-central1: 2 needed, 4 of 4 used" in message
    other = tool.result("Validate", expected=12, NAME_PREFIX="other", INSTANCE_COUNT="1")["error"]["message"]
    assert "2 needed, 4 of 4 used" in other


def test_a_cluster_above_the_limit_is_refused(tool: Tool) -> None:
    error = tool.result("Create", expected=18, MAX_HOURLY_COST="10", INSTANCE_COUNT="2")["error"]
    assert "MAX_HOURLY_COST=10: the cluster costs" in error["message"]
    assert "SKIP_CHECKS=price" in error["advice"]
    assert nothing_was_made(tool)
    tool.result("Validate", MAX_HOURLY_COST="16", INSTANCE_COUNT="2")


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
