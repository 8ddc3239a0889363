"""What the embedded cloud's projects have and may."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.unit.embedded_cloud.asked_cloud import GLOBAL, PROJECT, ZONE, until

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

REGION = f"/compute/v1/projects/{PROJECT}/regions/us-central1"
INFOS = f"/v1/projects/{PROJECT}/locations/global/services/compute.googleapis.com/quotaInfos"


def condition(asked: Asked, **conditions: Any) -> None:
    (asked.folder / "conditions.json").write_text(json.dumps(conditions))


def quotas(asked: Asked, target: str) -> dict[str, tuple[float, float]]:
    """Limit and usage by metric."""
    return {q["metric"]: (q["limit"], q["usage"]) for q in asked.compute("GET", target)["quotas"]}


def test_usage_is_what_the_project_has(asked: Asked) -> None:
    disk = {"boot": True, "initializeParams": {"diskType": "pd-ssd", "diskSizeGb": "100"}}
    external = {"network": "global/networks/default", "accessConfigs": [{"type": "ONE_TO_ONE_NAT"}]}
    asked.template(disks=[disk], networkInterfaces=[external])
    asked.group(2)
    until(lambda: quotas(asked, REGION)["INSTANCES"][1] == 2)
    found = quotas(asked, REGION)
    used = {m: found[m][1] for m in ("NVIDIA_A100_GPUS", "A2_CPUS", "SSD_TOTAL_GB", "IN_USE_ADDRESSES")}
    assert used == {"NVIDIA_A100_GPUS": 4, "A2_CPUS": 48, "SSD_TOTAL_GB": 200, "IN_USE_ADDRESSES": 2}
    everywhere = quotas(asked, f"/compute/v1/projects/{PROJECT}")
    assert (everywhere["GPUS_ALL_REGIONS"][1], everywhere["INSTANCE_TEMPLATES"][1]) == (4, 1)
    assert quotas(asked, REGION.replace("central1", "east1"))["INSTANCES"][1] == 0
    asked.compute("POST", f"{ZONE}/instanceGroupManagers/g/resize?size=0")
    until(lambda: quotas(asked, REGION)["NVIDIA_A100_GPUS"][1] == 0)


def test_spot_machines_use_preemptible_quotas(asked: Asked) -> None:
    asked.template(scheduling={"provisioningModel": "SPOT"})
    asked.group(1)
    found = until(lambda: (q := quotas(asked, REGION))["INSTANCES"][1] and q)
    assert (found["PREEMPTIBLE_NVIDIA_A100_GPUS"][1], found["NVIDIA_A100_GPUS"][1]) == (2, 0)
    assert (found["PREEMPTIBLE_CPUS"][1], found["A2_CPUS"][1]) == (24, 0)


def test_limits_are_what_the_conditions_say_and_metrics_can_be_missing(asked: Asked) -> None:
    condition(asked, quotas={"us-central1": {"NVIDIA_A100_GPUS": 8, "NVIDIA_L4_GPUS": None}, "global": {"NETWORKS": 2}})
    found = quotas(asked, REGION)
    assert found["NVIDIA_A100_GPUS"][0] == 8
    assert "NVIDIA_L4_GPUS" not in found
    assert "NETWORKS" not in found  # it is the project's, not the region's
    assert quotas(asked, f"/compute/v1/projects/{PROJECT}")["NETWORKS"] == (2, 1)


def test_no_metric_exists_for_the_newest_gpus(asked: Asked) -> None:
    found = quotas(asked, REGION)
    assert not [m for m in found if m in ("NVIDIA_H100_GPUS", "NVIDIA_H200_GPUS", "NVIDIA_B200_GPUS", "A3_CPUS")]


def test_cloud_quotas_tells_what_the_conditions_say(asked: Asked) -> None:
    told = [{"dimensions": {"gpu_family": "NVIDIA_H100"}, "details": {"value": "8"}, "applicableLocations": ["x"]}]
    condition(asked, quota_infos={"GPUS-PER-GPU-FAMILY-per-project-region": told})
    one = asked.json("GET", "cloudquotas.googleapis.com", f"{INFOS}/GPUS-PER-GPU-FAMILY-per-project-region")
    assert (one["dimensions"], one["dimensionsInfos"]) == (["gpu_family", "region"], told)
    assert len(asked.json("GET", "cloudquotas.googleapis.com", INFOS)["quotaInfos"]) == 1
    asked.json("GET", "cloudquotas.googleapis.com", f"{INFOS}/other", status=404)


def test_permissions_can_be_denied_and_what_is_none_fails_the_call(asked: Asked) -> None:
    condition(asked, denied=["compute.networks.create"])
    target = f"/v1/projects/{PROJECT}:testIamPermissions"
    wanted = ["compute.networks.create", "compute.networks.get"]
    held = asked.json("POST", "cloudresourcemanager.googleapis.com", target, {"permissions": wanted})
    assert held == {"permissions": ["compute.networks.get"]}
    asked.json("POST", "cloudresourcemanager.googleapis.com", target, {"permissions": ["compute.*"]}, status=400)


def test_a_machine_type_can_be_in_some_zones_only_and_be_looked_for(asked: Asked) -> None:
    condition(asked, machine_types={"a2-highgpu-1g": {"zones": ["us-central1-b"], "guestCpus": 13}})
    asked.compute("GET", f"{ZONE}/machineTypes/a2-highgpu-1g", status=404)
    assert asked.compute("GET", f"{ZONE[:-1]}b/machineTypes/a2-highgpu-1g")["guestCpus"] == 13
    everywhere = f'/compute/v1/projects/{PROJECT}/aggregated/machineTypes?filter=name="a2-highgpu-1g"'
    items = asked.compute("GET", everywhere)["items"]
    assert [zone for zone, each in items.items() if each.get("machineTypes")] == ["zones/us-central1-b"]


def test_a_machine_type_that_no_table_knows_can_be_told_of(asked: Asked) -> None:
    condition(asked, machine_types={"a9-newgpu-8g": {"guestCpus": 224}})
    assert asked.compute("GET", f"{ZONE}/machineTypes/a9-newgpu-8g")["guestCpus"] == 224
    asked.template(machineType="a9-newgpu-8g")
    asked.group(1)
    used = until(lambda: (q := quotas(asked, f"/compute/v1/projects/{PROJECT}"))["CPUS_ALL_REGIONS"][1] and q)
    assert used["CPUS_ALL_REGIONS"][1] == 224


def test_a_family_is_its_newest_image_that_is_not_deprecated(asked: Asked) -> None:
    old = {"name": "i-v3", "family": "i", "deprecated": {"state": "DEPRECATED"}}
    condition(asked, images={PROJECT: [{"name": "i-v1", "family": "i"}, {"name": "i-v2", "family": "i"}, old]})
    assert asked.compute("GET", f"{GLOBAL}/images/family/i")["name"] == "i-v2"
    assert asked.compute("GET", f"{GLOBAL}/images/i-v3")["deprecated"]["state"] == "DEPRECATED"
    asked.compute("GET", f"{GLOBAL}/images/family/none", status=404)
    assert [each["name"] for each in asked.compute("GET", f"{GLOBAL}/images")["items"]] == ["i-v1", "i-v2", "i-v3"]


def test_the_deep_learning_project_has_todays_families_alone(asked: Asked) -> None:
    images = "/compute/v1/projects/deeplearning-platform-release/global/images"
    asked.compute("GET", f"{images}/family/pytorch-2-9-cu129-ubuntu-2204-nvidia-580")
    asked.compute("GET", f"{images}/family/pytorch-1-12-gpu-debian-10", status=404)


def test_a_group_gets_no_machine_that_the_quotas_have_no_room_for(asked: Asked) -> None:
    condition(asked, quotas={"us-central1": {"NVIDIA_A100_GPUS": 3}})
    asked.template()
    asked.group(2)
    managers = f"{ZONE}/instanceGroupManagers/g"

    def refused() -> list[Any]:
        found = asked.compute("POST", f"{managers}/listManagedInstances")["managedInstances"]
        return [e for each in found for e in each["lastAttempt"].get("errors", {}).get("errors", [])]

    (error,) = until(refused)
    assert error["code"] == "QUOTA_EXCEEDED"
    assert error["message"] == "Quota 'NVIDIA_A100_GPUS' exceeded.  Limit: 3.0 in region us-central1."
    assert quotas(asked, REGION)["NVIDIA_A100_GPUS"] == (3, 2)
