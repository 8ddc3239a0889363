"""Compute Engine's resources: what is filled in, what is refused, what keeps another from going."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.embedded_cloud.asked_cloud import GLOBAL, PROJECT, ZONE

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

REGION = f"/compute/v1/projects/{PROJECT}/regions/us-central1"


def network(asked: Asked, name: str = "n") -> Any:
    return asked.compute("POST", f"{GLOBAL}/networks", {"name": name, "autoCreateSubnetworks": False})


def subnetwork(asked: Asked, name: str = "s", block: str = "10.0.0.0/20", status: int = 200) -> Any:
    body = {"name": name, "network": f"projects/{PROJECT}/global/networks/n", "ipCidrRange": block}
    return asked.compute("POST", f"{REGION}/subnetworks", body, status)


def test_an_operation_is_done_and_names_its_target(asked: Asked) -> None:
    operation = network(asked)
    found = asked.compute("GET", f"{GLOBAL}/networks/n")
    assert (operation["status"], operation["targetId"]) == ("DONE", found["id"])
    assert operation["targetLink"] == found["selfLink"]
    assert asked.compute("GET", f"{GLOBAL}/operations/{operation['name']}") == operation
    assert asked.compute("POST", f"{GLOBAL}/operations/{operation['name']}/wait") == operation


def test_a_resource_of_a_zone_has_its_zone_as_an_address(asked: Asked) -> None:
    asked.template()
    asked.group(0)
    found = asked.compute("GET", f"{ZONE}/instanceGroupManagers/g")
    assert found["zone"] == f"https://www.googleapis.com{ZONE}"
    assert found["instanceGroup"].endswith("/instanceGroups/g")


def test_the_default_network_was_there_before(asked: Asked) -> None:
    found = asked.compute("GET", f"{GLOBAL}/networks/default")
    assert found["autoCreateSubnetworks"] is True
    assert asked.compute("GET", f"{REGION}/subnetworks/default")["selfLink"] in found["subnetworks"]
    assert asked.json("GET", "rehearsal.internal", "/leftovers")["leftovers"] == []


def test_a_network_lists_its_subnetworks(asked: Asked) -> None:
    network(asked)
    subnetwork(asked)
    found = asked.compute("GET", f"{REGION}/subnetworks/s")
    assert found["gatewayAddress"] == "10.0.0.1"
    assert asked.compute("GET", f"{GLOBAL}/networks/n")["subnetworks"] == [found["selfLink"]]
    asked.compute("DELETE", f"{REGION}/subnetworks/s")
    assert asked.compute("GET", f"{GLOBAL}/networks/n")["subnetworks"] == []


def test_a_subnetwork_that_overlaps_another_is_refused(asked: Asked) -> None:
    network(asked)
    subnetwork(asked)
    refused = subnetwork(asked, "other", "10.0.1.0/24", status=400)
    assert "conflicts with existing subnetwork 's'" in refused["error"]["message"]


def test_an_automatic_network_brings_and_takes_its_subnetworks(asked: Asked) -> None:
    asked.compute("POST", f"{GLOBAL}/networks", {"name": "auto", "autoCreateSubnetworks": True})
    assert asked.compute("GET", f"{REGION}/subnetworks/auto")["network"].endswith("/networks/auto")
    asked.compute("DELETE", f"{GLOBAL}/networks/auto")
    asked.compute("GET", f"{REGION}/subnetworks/auto", status=404)
    assert asked.json("GET", "rehearsal.internal", "/leftovers")["leftovers"] == []


def test_a_name_that_is_taken_is_refused(asked: Asked) -> None:
    network(asked)
    refused = asked.compute("POST", f"{GLOBAL}/networks", {"name": "n"}, status=409)["error"]
    assert refused["errors"][0]["reason"] == "alreadyExists"
    assert refused["message"] == f"The resource 'projects/{PROJECT}/global/networks/n' already exists"


def test_what_is_not_there_is_not_found(asked: Asked) -> None:
    refused = asked.compute("GET", f"{GLOBAL}/networks/none", status=404)["error"]
    assert refused["message"] == f"The resource 'projects/{PROJECT}/global/networks/none' was not found"


def test_a_reference_to_nothing_is_refused(asked: Asked) -> None:
    body = {"name": "t", "properties": {"machineType": "n1-standard-1", "networkInterfaces": [{"network": "x"}]}}
    body["properties"]["networkInterfaces"] = [{"network": "global/networks/none"}]  # type: ignore[index]
    asked.compute("POST", f"{GLOBAL}/instanceTemplates", body, status=404)


def test_a_network_in_use_is_refused_by_its_operation(asked: Asked) -> None:
    network(asked)
    body = {"name": "f", "network": "global/networks/n", "allowed": [{"IPProtocol": "tcp"}]}
    asked.compute("POST", f"{GLOBAL}/firewalls", body)
    error = asked.compute("DELETE", f"{GLOBAL}/networks/n")["error"]["errors"][0]
    assert error["code"] == "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE"
    assert f"is already being used by 'projects/{PROJECT}/global/firewalls/f'" in error["message"]
    asked.compute("DELETE", f"{GLOBAL}/firewalls/f")
    assert "error" not in asked.compute("DELETE", f"{GLOBAL}/networks/n")


def test_a_template_in_use_is_refused_at_once(asked: Asked) -> None:
    asked.template()
    asked.group(0)
    refused = asked.compute("DELETE", f"{GLOBAL}/instanceTemplates/t", status=400)["error"]
    assert refused["errors"][0]["reason"] == "resourceInUseByAnotherResource"
    asked.compute("DELETE", f"{ZONE}/instanceGroupManagers/g")
    asked.compute("DELETE", f"{GLOBAL}/instanceTemplates/t")


def test_a_template_is_found_by_its_number_and_a_group_shows_its_name(asked: Asked) -> None:
    asked.template()
    number = asked.compute("GET", f"{GLOBAL}/instanceTemplates/t")["id"]
    assert asked.compute("GET", f"{GLOBAL}/instanceTemplates/{number}")["name"] == "t"
    asked.group(0, template=number)
    found = asked.compute("GET", f"{ZONE}/instanceGroupManagers/g")
    assert found["versions"][0]["instanceTemplate"].endswith("/instanceTemplates/t")


def test_a_stale_fingerprint_is_refused(asked: Asked) -> None:
    network(asked)
    subnetwork(asked)
    old = asked.compute("GET", f"{REGION}/subnetworks/s")["fingerprint"]
    change = {"privateIpGoogleAccess": True, "fingerprint": old}
    asked.compute("PATCH", f"{REGION}/subnetworks/s", change)
    assert asked.compute("GET", f"{REGION}/subnetworks/s")["privateIpGoogleAccess"] is True
    asked.compute("PATCH", f"{REGION}/subnetworks/s", change, status=412)


def test_labels_are_set_by_their_fingerprint(asked: Asked) -> None:
    asked.compute("POST", f"{REGION}/addresses", {"name": "a", "labels": {"k": "v"}})
    found = asked.compute("GET", f"{REGION}/addresses/a")
    change = {"labels": {"k": "w"}, "labelFingerprint": found["labelFingerprint"]}
    asked.compute("POST", f"{REGION}/addresses/a/setLabels", change)
    assert asked.compute("GET", f"{REGION}/addresses/a")["labels"] == {"k": "w"}
    asked.compute("POST", f"{REGION}/addresses/a/setLabels", change, status=412)


def test_a_patch_with_null_takes_a_field_away(asked: Asked) -> None:
    body = {"name": "r", "network": "global/networks/default", "description": "d", "bgp": {"asn": 64514}}
    asked.compute("POST", f"{REGION}/routers", body)
    asked.compute("PATCH", f"{REGION}/routers/r", {"description": None, "nats": [{"name": "nat"}]})
    found = asked.compute("GET", f"{REGION}/routers/r")
    assert "description" not in found
    assert (found["bgp"]["asn"], found["nats"][0]["endpointTypes"]) == (64514, ["ENDPOINT_TYPE_VM"])


def test_lists_are_filtered_and_paged(asked: Asked) -> None:
    for name in ("a", "b", "c"):
        network(asked, name)
    found = asked.compute("GET", f"{GLOBAL}/networks?filter=name%20eq%20%5Bab%5D")
    assert [each["name"] for each in found["items"]] == ["a", "b"]
    first = asked.compute("GET", f"{GLOBAL}/networks?maxResults=2")
    rest = asked.compute("GET", f"{GLOBAL}/networks?maxResults=2&pageToken={first['nextPageToken']}")
    assert [each["name"] for each in first["items"] + rest["items"]] == ["a", "b", "c", "default"]
    assert asked.compute("GET", f"{REGION}/addresses").get("items") is None


def test_an_aggregated_list_is_by_scope(asked: Asked) -> None:
    asked.compute("POST", f"{REGION}/addresses", {"name": "a"})
    found = asked.compute("GET", f"/compute/v1/projects/{PROJECT}/aggregated/addresses")["items"]
    assert [each["name"] for each in found["regions/us-central1"]["addresses"]] == ["a"]


@pytest.mark.parametrize(
    ("name", "cpus", "gpus"),
    [
        ("a2-highgpu-2g", 24, 2),
        ("a3-highgpu-8g", 208, 8),
        ("g4-standard-48", 48, 1),
        ("a4x-maxgpu-4g-metal", 144, 4),
        ("n1-standard-8", 8, 0),
        ("n1-custom-6-3072", 6, 0),
        ("c4d-standard-8-lssd", 8, 0),
    ],
)
def test_machine_types_have_their_shape(asked: Asked, name: str, cpus: int, gpus: int) -> None:
    found = asked.compute("GET", f"{ZONE}/machineTypes/{name}")
    count = sum(each["guestAcceleratorCount"] for each in found.get("accelerators", ()))
    assert (found["guestCpus"], count) == (cpus, gpus)


def test_a_machine_type_is_described_as_the_table_has_it(asked: Asked) -> None:
    found = asked.compute("GET", f"{ZONE}/machineTypes/a4x-highgpu-4g")
    assert (found["memoryMb"], found["architecture"]) == (884 * 1024, "ARM64")
    assert found["bundledLocalSsds"] == {"defaultInterface": "NVME", "partitionCount": 4}
    assert asked.compute("GET", f"{ZONE}/machineTypes/e2-micro")["isSharedCpu"] is True
    assert asked.compute("GET", f"{ZONE}/machineTypes/n1-megamem-96")["deprecated"] == {"state": "DEPRECATED"}


@pytest.mark.parametrize("name", ["a9-superhuge", "a2-highgpu-3g", "g2-standard-5", "n1-standard-3", "large"])
def test_a_machine_type_that_does_not_exist_is_not_found(asked: Asked, name: str) -> None:
    asked.compute("GET", f"{ZONE}/machineTypes/{name}", status=404)
    everywhere = f'/compute/v1/projects/{PROJECT}/aggregated/machineTypes?filter=name="{name}"'
    assert not [each for each in asked.compute("GET", everywhere)["items"].values() if each.get("machineTypes")]


def test_an_accelerator_that_does_not_exist_is_not_found(asked: Asked) -> None:
    assert asked.compute("GET", f"{ZONE}/acceleratorTypes/nvidia-tesla-v100")["maximumCardsPerInstance"] == 8
    asked.compute("GET", f"{ZONE}/acceleratorTypes/nvidia-superhuge", status=404)


def test_images_that_an_env_file_may_name_are_there(asked: Asked) -> None:
    images = "/compute/v1/projects/my-images/global/images"
    found = asked.compute("GET", f"{images}/family/pytorch-2-9")
    assert (found["family"], found["status"]) == ("pytorch-2-9", "READY")
    again = asked.compute("GET", f"{images}/{found['name']}")
    assert again["selfLink"] == found["selfLink"]


@pytest.mark.parametrize(
    ("project", "family", "gib", "processors"),
    [
        ("deeplearning-platform-release", "common-cu129-ubuntu-2404-nvidia-580", "50", "X86_64"),
        ("ml-images", "common-cu129-ubuntu-2204-nvidia-580", "50", "X86_64"),
        ("ubuntu-os-accelerator-images", "ubuntu-accelerator-2404-arm64-with-nvidia-580", "10", "ARM64"),
        ("rocky-linux-accelerator-cloud", "rocky-linux-9-optimized-gcp-nvidia-580", "50", "X86_64"),
        ("cos-cloud", "cos-129-lts", "50", "X86_64"),
    ],
)
def test_a_family_of_a_public_project_is_there(
    asked: Asked, project: str, family: str, gib: str, processors: str
) -> None:
    found = asked.compute("GET", f"/compute/v1/projects/{project}/global/images/family/{family}")
    assert (found["family"], found["diskSizeGb"], found["architecture"]) == (family, gib, processors)
    listed = asked.compute("GET", f"/compute/v1/projects/{project}/global/images")["items"]
    assert family in {each["family"] for each in listed}


@pytest.mark.parametrize(
    ("project", "family"),
    [
        ("ml-images", "pytorch-latest"),
        ("deeplearning-platform-release", "pytorch-latest-gpu"),
        ("ubuntu-os-accelerator-images", "ubuntu-accelerator-2404-amd64-with-nvidia-999"),
        ("debian-cloud", "debian-6"),
    ],
)
def test_a_family_that_a_public_project_has_not_is_not_found(asked: Asked, project: str, family: str) -> None:
    path = f"projects/{project}/global/images/family/{family}"
    assert asked.compute("GET", f"/compute/v1/{path}", status=404)["error"]["message"].startswith(
        f"The resource '{path}'"
    )


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("deeplearning-platform-release", "pytorch-2-9-cu129-ubuntu-2204-nvidia-580-v20260909"),
        ("ml-images", "c0-deeplearning-common-gpu-v20240122-debian-11-py310"),
        ("ubuntu-os-cloud", "ubuntu-2404-noble-amd64-v20260820"),
        ("cos-cloud", "cos-129-19506-299-148"),
    ],
)
def test_an_image_of_a_public_project_is_there_by_a_name_of_its_form(asked: Asked, project: str, name: str) -> None:
    assert asked.compute("GET", f"/compute/v1/projects/{project}/global/images/{name}")["name"] == name
    asked.compute("GET", f"/compute/v1/projects/{project}/global/images/my-image", status=404)


def test_a_zone_that_can_not_be_is_refused(asked: Asked) -> None:
    refused = asked.compute("GET", f"/compute/v1/projects/{PROJECT}/zones/us-central1/instances", status=400)
    assert "Unknown zone" in refused["error"]["message"]


def test_quotas_are_ample_and_named_as_the_api_names_them(asked: Asked) -> None:
    quotas = {each["metric"]: each["limit"] for each in asked.compute("GET", REGION)["quotas"]}
    assert quotas["NVIDIA_A100_GPUS"] > 1000
