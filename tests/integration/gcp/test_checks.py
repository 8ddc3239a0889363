"""What the checks before Apply find, asked without the rest of a run: nothing unknown is taken for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import exit_code_of, one_of_all
from cluster_provision.settings import load
from cluster_provision.state.base import StateFacts
from cluster_provision.targets import target_of

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError
    from tests.integration.conftest import Tool

REGION = "us-central1"


@dataclass(frozen=True)
class Looked:
    """The checks by name, as status and detail; what was refused; the notes in one text."""

    rows: dict[str, tuple[str, str]]
    failure: ProvisionError | None
    notes: str


@pytest.fixture
def cloud(standing: Tool) -> Tool:
    """It is looked at only."""
    return standing


def look(cloud: Tool, **settings: str) -> Looked:
    """As Validate looks, in this process."""
    target = target_of(load({**cloud.settings, **settings}, "validate").settings)
    target.sign_in(None)
    found, _ = target.preflight(target.store(), StateFacts())
    failure = one_of_all(found.failures) if found.failures else None
    return Looked({c.name: (c.status, c.detail) for c in found.checks}, failure, "\n".join(found.notes))


def refused(cloud: Tool, code: int, **settings: str) -> ProvisionError:
    """What is told where it must not go on."""
    failure = look(cloud, **settings).failure
    assert failure is not None
    assert exit_code_of(failure) == code
    return failure


def test_with_everything_there_every_check_is_a_pass_or_says_that_it_is_unknown(cloud: Tool) -> None:
    found = look(cloud).rows
    for name in ("apis", "permissions", "zone", "machine-type", "image", "service account"):
        assert found[name][0] == "ok", found[name]
    assert "a2-highgpu-2g" in found["machine-type"][1]


def test_a_service_that_only_ssh_needs_is_a_line_and_no_refusal(cloud: Tool) -> None:
    cloud.has(services_off=["iap.googleapis.com"])
    found = look(cloud)
    assert found.failure is None
    assert "gcloud services enable iap.googleapis.com --project=my-project-1" in found.notes


def test_services_that_one_may_not_look_up_are_unknown(cloud: Tool) -> None:
    body = {"error": {"code": 403, "message": "no serviceusage.services.get", "status": "PERMISSION_DENIED"}}
    cloud.goes_wrong({"match": {"host": "serviceusage.googleapis.com"}, "status": 403, "body": body})
    status, detail = look(cloud).rows["apis"]
    assert status == "unknown"
    assert "serviceusage.services.get" in detail


def test_missing_permissions_are_named_with_what_they_are_for(cloud: Tool) -> None:
    cloud.has(denied=["compute.networks.create", "compute.instanceGroupManagers.create"])
    error = refused(cloud, 11, NETWORK_CONFIG="new_network")
    assert "compute.networks.create (networks of its own)" in error.message
    assert "compute.instanceGroupManagers.create (machines)" in error.message


def test_a_permission_that_the_cluster_does_not_need_is_not_asked_for(cloud: Tool) -> None:
    cloud.has(denied=["compute.networks.create"])
    assert look(cloud, NETWORK_CONFIG="default_network").rows["permissions"][0] == "ok"


def test_a_permission_that_google_does_not_test_on_a_project_spoils_none_of_the_others(cloud: Tool) -> None:
    odd, missing = "compute.disks.create", "compute.instances.create"
    cloud.has(untestable=[odd, "compute.instanceGroups.delete"], denied=[missing])
    failure = refused(cloud, 11)
    assert missing in failure.message
    assert odd not in failure.message
    cloud.has(untestable=[odd])
    target = target_of(load(dict(cloud.settings), "validate").settings)
    target.sign_in(None)
    found, _ = target.preflight(target.store(), StateFacts())
    rows = [c for c in found.checks if c.name == "permissions"]
    assert [c.status for c in rows] == ["ok", "unknown"]
    assert odd in rows[1].detail


def test_permissions_that_can_not_be_tested_are_unknown(cloud: Tool) -> None:
    body = {"error": {"code": 403, "message": "off", "status": "PERMISSION_DENIED"}}
    match = {"host": "cloudresourcemanager.googleapis.com", "path": "testIamPermissions"}
    cloud.goes_wrong({"match": match, "status": 403, "body": body})
    assert look(cloud).rows["permissions"][0] == "unknown"


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("us-east1-a", "us-east1 has us-east1-b, us-east1-c, us-east1-d"),
        ("us-centrall1-a", "did you mean us-central1-a"),
        ("mars-north1-q", "for project"),
    ],
)
def test_a_zone_that_does_not_exist_is_refused_with_those_that_may_be_meant(cloud: Tool, zone: str, meant: str) -> None:
    message = refused(cloud, 2, ZONE=zone).message
    assert f"ZONE={zone}: there is no such zone" in message
    assert meant in message


@pytest.mark.parametrize("zone", ["us-central1-ai1a", "africa-south1-a", "europe-north2-c"])
def test_every_zone_that_there_is_is_taken(cloud: Tool, zone: str) -> None:
    assert look(cloud, ZONE=zone).rows["zone"] == ("ok", zone)


def test_a_machine_type_that_the_zone_has_not_is_refused_with_the_zones_that_have_it(cloud: Tool) -> None:
    cloud.has(machine_types={"a2-highgpu-2g": {"zones": ["us-central1-b", "asia-east1-a", "us-central1-c"]}})
    message = refused(cloud, 2).message
    assert "VM_TYPE=a2-highgpu-2g: zone us-central1-a does not have it" in message
    assert "these do: us-central1-b, us-central1-c, asia-east1-a" in message


@pytest.mark.parametrize(("name", "meant"), [("a9-superhuge", "does"), ("g2-standard-9", "does; is g2-standard-")])
def test_a_machine_type_that_does_not_exist_is_refused(cloud: Tool, name: str, meant: str) -> None:
    message = refused(cloud, 2, VM_TYPE=name).message
    assert f"VM_TYPE={name}: zone us-central1-a does not have it; no zone of this project {meant}" in message


def test_a_machine_type_that_is_obsolete_is_refused_and_a_deprecated_one_said(cloud: Tool) -> None:
    cloud.has(machine_types={"a2-highgpu-2g": {"deprecated": {"state": "OBSOLETE"}}})
    assert "obsolete" in refused(cloud, 2).message
    cloud.has(machine_types={"a2-highgpu-2g": {"deprecated": {"state": "DEPRECATED"}}})
    assert "is deprecated in us-central1-a" in look(cloud).notes


def test_an_accelerator_is_looked_up_in_the_zone_with_how_many_a_machine_takes(cloud: Tool) -> None:
    settings = {"VM_TYPE": "n1-standard-32", "ACCELERATOR_TYPE": "nvidia-tesla-t4", "GPU_COUNT": "4"}
    cloud.has(accelerator_types={"nvidia-tesla-t4": {"zones": ["us-central1-b"]}})
    message = refused(cloud, 2, **settings).message
    assert "ACCELERATOR_TYPE=nvidia-tesla-t4: zone us-central1-a does not have it" in message
    cloud.has(accelerator_types={"nvidia-tesla-t4": {"maximumCardsPerInstance": 2}})
    message = refused(cloud, 2, **settings).message
    assert "GPU_COUNT=4: us-central1-a allows at most 2 of nvidia-tesla-t4" in message


def test_a_missing_family_is_refused_with_the_nearest_one(cloud: Tool) -> None:
    message = refused(
        cloud,
        2,
        IMAGE_FAMILY_NAME="pytorch-2-8-cu128-ubuntu-2204-nvidia-570",
        IMAGE_PROJECT="deeplearning-platform-release",
    ).message
    assert "IMAGE_FAMILY_NAME=pytorch-2-8-cu128-ubuntu-2204-nvidia-570" in message
    assert "the nearest in that project is pytorch-2-9-cu129-ubuntu-2204-nvidia-580" in message


def test_a_family_that_another_public_project_has_is_refused_with_that_project(cloud: Tool) -> None:
    family = "ubuntu-accelerator-2404-amd64-with-nvidia-580"
    message = refused(cloud, 2, IMAGE_FAMILY_NAME=family).message
    assert "ubuntu-os-accelerator-images has it: set IMAGE_PROJECT=ubuntu-os-accelerator-images" in message
    assert look(cloud, IMAGE_FAMILY_NAME=family, IMAGE_PROJECT="ubuntu-os-accelerator-images").rows["image"][0] == "ok"
    assert "IMAGE_FAMILY_NAME=pytorch-latest" in refused(cloud, 2, IMAGE_FAMILY_NAME="pytorch-latest").message


def test_the_family_is_resolved_and_an_image_that_is_going_is_said(cloud: Tool) -> None:
    old = {
        "name": "tool-v1",
        "family": "tool",
        "deprecated": {"state": "DEPRECATED", "replacement": "x/images/tool-v2"},
    }
    cloud.has(images={"my-images": [old, {"name": "tool-v2", "family": "tool"}]})
    assert "tool-v2 of my-images" in look(cloud, IMAGE_FAMILY_NAME="tool", IMAGE_PROJECT="my-images").rows["image"][1]
    notes = look(cloud, IMAGE_NAME="tool-v1", IMAGE_PROJECT="my-images").notes
    assert "the image tool-v1 of my-images is deprecated and will be removed. Its replacement is tool-v2." in notes


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
def test_other_quotas_count_too(cloud: Tool, place: str, metric: str, limit: int, told: str) -> None:
    cloud.has(quotas={place: {metric: limit}})
    settings = {"INSTANCE_COUNT": "2", "NETWORK_CONFIG": "new_network"}
    assert told in refused(cloud, 12, **settings).message


def test_a_metric_that_the_api_does_not_have_is_unknown_and_no_pass(cloud: Tool) -> None:
    cloud.has(quotas={REGION: {"NVIDIA_A100_GPUS": None}})
    assert look(cloud).rows["quota NVIDIA_A100_GPUS"][0] == "unknown"


def test_the_newest_gpus_have_a_second_source_which_tells_limits_without_usage(cloud: Tool) -> None:
    family = {"dimensions": {"gpu_family": "NVIDIA_H100"}, "applicableLocations": [REGION]}
    name, settings = "quota NVIDIA_H100_GPUS", {"VM_TYPE": "a3-highgpu-8g"}
    cloud.has(quota_infos={"GPUS-PER-GPU-FAMILY-per-project-region": [{**family, "details": {"value": "16"}}]})
    status, detail = look(cloud, **settings).rows[name]
    assert (status, "the limit is 16" in detail) == ("unknown", True)
    cloud.has(quota_infos={"GPUS-PER-GPU-FAMILY-per-project-region": [{**family, "details": {"value": "4"}}]})
    message = refused(cloud, 12, **settings).message
    assert "NVIDIA_H100_GPUS in us-central1: 8 needed, the limit is 4 (Cloud Quotas)" in message
    cloud.has(quota_infos={"GPUS-PER-GPU-FAMILY-per-project-region": [{**family, "details": {}}]})
    assert look(cloud, **settings).rows[name][0] == "unknown"


def test_quotas_that_one_may_not_look_up_are_unknown(cloud: Tool) -> None:
    body = {"error": {"code": 403, "message": "Required 'compute.regions.get' permission", "status": "X"}}
    match = {"host": "compute.googleapis.com", "path": f"/regions/{REGION}"}
    cloud.goes_wrong({"match": match, "status": 403, "body": body})
    status, detail = look(cloud).rows["quota NVIDIA_A100_GPUS"]
    assert status == "unknown"
    assert "compute.regions.get" in detail


SPOT = {"PROVISIONING_MODEL": "spot"}


def test_spot_machines_count_on_the_preemptible_quota(cloud: Tool) -> None:
    cloud.has(quotas={REGION: {"PREEMPTIBLE_NVIDIA_A100_GPUS": 1, "NVIDIA_A100_GPUS": 0}})
    message = refused(cloud, 12, **SPOT).message
    assert "PREEMPTIBLE_NVIDIA_A100_GPUS in us-central1: 2 needed, 0 of 1 used" in message


def test_where_no_preemptible_quota_was_granted_the_regular_one_decides_and_is_no_sure_pass(cloud: Tool) -> None:
    none = {"PREEMPTIBLE_NVIDIA_A100_GPUS": 0, "PREEMPTIBLE_CPUS": 0}
    cloud.has(quotas={REGION: {**none, "NVIDIA_A100_GPUS": 8}})
    status, detail = look(cloud, **SPOT).rows["quota PREEMPTIBLE_NVIDIA_A100_GPUS"]
    assert (status, "0 of 8 NVIDIA_A100_GPUS used" in detail) == ("unknown", True)
    cloud.has(quotas={REGION: {**none, "NVIDIA_A100_GPUS": 1}})
    assert "0 of 1 NVIDIA_A100_GPUS used" in refused(cloud, 12, **SPOT).message


def test_reserved_machines_count_on_the_reservation(cloud: Tool) -> None:
    cloud.has(quotas={REGION: {"NVIDIA_A100_GPUS": 0}})
    cloud.reserves("mine", 1)
    found = look(cloud, RESERVATION_NAME="mine").rows
    assert "quota NVIDIA_A100_GPUS" not in found
    assert found["quota SSD_TOTAL_GB"][0] == "ok"


def test_each_node_pool_is_looked_up_in_the_reservation_of_its_own_zone(cloud: Tool) -> None:
    cloud.reserves("pools", 2, "a2-highgpu-8g")
    gke = {"ORCHESTRATOR_TYPE": "gke", "RESERVATION_NAME": "pools"}
    one = '{ name = "one", machine_type = "a2-highgpu-8g", node_count = 2 }'
    assert look(cloud, CUSTOM_NODE_POOL=f"[{one}]", **gke).rows["reservation"] == (
        "ok",
        "2 needed, 2 free in us-central1-a",
    )
    other = one.replace("one", "other").replace("8g", "1g")
    assert "of a2-highgpu-8g, not CUSTOM_NODE_POOL's machine_type a2-highgpu-1g" in (
        refused(cloud, 2, CUSTOM_NODE_POOL=f"[{one}, {other}]", **gke).message
    )
    elsewhere = one.replace("one", "elsewhere").replace(" }", ', zone = "us-central1-b" }')
    assert "zone us-central1-b has no such reservation" in (
        refused(cloud, 2, CUSTOM_NODE_POOL=f"[{one}, {elsewhere}]", **gke).message
    )
    assert look(cloud, **gke).rows["reservation"] == ("ok", "the cluster takes no machine from it")


def test_an_alternative_whose_quota_is_too_small_is_said_and_no_reason_to_stop(cloud: Tool) -> None:
    cloud.has(quotas={"us-east1": {"NVIDIA_A100_GPUS": 1}})
    found = look(cloud, ZONE="us-central1-a,us-east1-b")
    assert found.failure is None
    lacking = "NVIDIA_A100_GPUS: 2 needed, 0 of 1"
    assert f"the quotas of the alternative in us-east1 have no room for it: {lacking}" in found.notes
    refused(cloud, 12, ZONE="us-east1-b,us-central1-a")


def test_several_networks_count_on_the_quota_for_networks(cloud: Tool) -> None:
    cloud.has(quotas={"global": {"NETWORKS": 5}})
    settings = {"NETWORK_CONFIG": "multi_nic_network", "VM_TYPE": "a2-highgpu-8g"}
    assert "NETWORKS in global: 5 needed, 1 of 5 used" in refused(cloud, 12, **settings).message


def test_the_price_is_told_with_its_day_and_what_it_leaves_out(cloud: Tool) -> None:
    status, detail = look(cloud, INSTANCE_COUNT="2", DISK_SIZE_GB="730", DISK_TYPE="pd-balanced").rows["price"]
    assert status == "ok"
    # 4 x 3.673385 for the GPUs' machines, and 2 x 730 GB at 0.10 a month of 730 hours
    assert detail.startswith("14.90 USD an hour for 2 x a2-highgpu-2g in us-central1, disks 0.20 of it")
    assert "external addresses and network traffic not counted (list prices of 2026-09-19)" in detail


@pytest.mark.parametrize("settings", [{"ZONE": "europe-west6-b"}, {"VM_TYPE": "a3-edgegpu-8g"}], ids=str)
def test_a_price_that_is_not_known_is_unknown_and_above_every_limit(cloud: Tool, settings: dict[str, str]) -> None:
    assert look(cloud, **settings).rows["price"][0] == "unknown"
    message = refused(cloud, 18, MAX_HOURLY_COST="100000", **settings).message
    assert "the price isn't known" in message
    assert look(cloud, MAX_HOURLY_COST="1", SKIP_CHECKS="price", **settings).failure is None


def test_spot_machines_cost_at_most_what_they_cost_on_demand(cloud: Tool) -> None:
    assert look(cloud, **SPOT).rows["price"][1].startswith("at most 7.82 USD an hour")
    message = refused(cloud, 18, MAX_HOURLY_COST="7", **SPOT).message
    assert "the cluster can cost 7.82 USD an hour" in message


def test_flex_start_has_prices_of_its_own(cloud: Tool) -> None:
    settings = {"VM_TYPE": "a3-highgpu-8g", "PROVISIONING_MODEL": "flex-start", "DISK_SIZE_GB": "10"}
    assert look(cloud, **settings).rows["price"][1].startswith("38.33 USD an hour")


def test_attached_gpus_are_added_to_their_machine(cloud: Tool) -> None:
    settings = {"VM_TYPE": "n1-standard-8", "ACCELERATOR_TYPE": "nvidia-tesla-t4", "GPU_COUNT": "2"}
    found = look(cloud, DISK_SIZE_GB="10", DISK_TYPE="pd-standard", **settings).rows
    # 8 x 0.031611 + 30 x 0.004237 + 2 x 0.35, and a disk that costs less than a cent
    assert found["price"][1].startswith("1.09 USD an hour")
