"""The embedded Google Cloud's regions and zones: all that there are, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cloud_facts.gcp.regions import regions
from tests.unit.embedded_cloud.asked_cloud import PROJECT

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

ROOT = f"/compute/v1/projects/{PROJECT}"
NOWHERE = ["us-east1-a", "us-central1-e", "us-centrall1-a", "europe-west1-a", "mars-north1-q", "us-central9-a"]


@pytest.mark.parametrize("zone", ["us-central1-f", "us-east1-d", "africa-south1-a", "northamerica-south1-c"])
def test_a_zone_is_there_with_its_region(asked: Asked, zone: str) -> None:
    found = asked.compute("GET", f"{ROOT}/zones/{zone}")
    region = zone.rpartition("-")[0]
    assert (found["status"], found["region"].rpartition("/")[2]) == ("UP", region)
    inside = asked.compute("GET", f"{ROOT}/regions/{region}")["zones"]
    assert zone in {each.rpartition("/")[2] for each in inside}


@pytest.mark.parametrize("zone", NOWHERE)
def test_what_is_no_zone_is_not_there(asked: Asked, zone: str) -> None:
    refused = asked.compute("GET", f"{ROOT}/zones/{zone}", status=404)["error"]
    assert refused["message"] == f"The resource 'projects/{PROJECT}/zones/{zone}' was not found"
    refused = asked.compute("GET", f"{ROOT}/zones/{zone}/instances", status=400)["error"]
    assert refused["message"] == f"Invalid value for field 'zone': '{zone}'. Unknown zone."


def test_what_is_no_region_is_not_there(asked: Asked) -> None:
    asked.compute("GET", f"{ROOT}/regions/us-central9", status=404)
    refused = asked.compute("GET", f"{ROOT}/regions/us-central9/addresses", status=400)["error"]
    assert refused["message"] == "Invalid value for field 'region': 'us-central9'. Unknown region."


def test_every_public_region_and_zone_is_listed(asked: Asked) -> None:
    listed = {each["name"] for each in asked.compute("GET", f"{ROOT}/regions")["items"]}
    assert listed == set(regions())
    zones = {each["name"] for each in asked.compute("GET", f"{ROOT}/zones")["items"]}
    assert zones == {zone for region in regions().values() for zone in region.zones}


def test_an_ai_zone_is_there_for_whom_names_it(asked: Asked) -> None:
    found = asked.compute("GET", f"{ROOT}/zones/us-central1-ai1a")
    assert found["region"].endswith("/regions/us-central1")
    asked.compute("GET", f"{ROOT}/zones/us-central1-ai1z", status=404)


def test_an_automatic_network_has_a_subnetwork_in_every_region(asked: Asked) -> None:
    found = asked.compute("GET", f"{ROOT}/global/networks/default")["subnetworks"]
    assert {each.split("/")[-3] for each in found} == set(regions())


def test_a_zone_without_a_region_has_no_network_profile(asked: Asked) -> None:
    profiles = f"{ROOT}/global/networkProfiles"
    assert asked.compute("GET", f"{profiles}/us-east1-d-vpc-roce")["location"]["name"] == "us-east1-d"
    asked.compute("GET", f"{profiles}/us-east1-a-vpc-roce", status=404)


def test_kubernetes_engine_has_the_same_places(asked: Asked) -> None:
    host, path = "container.googleapis.com", f"/v1/projects/{PROJECT}/locations"
    assert asked.json("GET", host, f"{path}/us-east1/clusters") == {}
    refused = asked.json("GET", host, f"{path}/us-east1-a/clusters", status=400)["error"]
    assert refused["message"] == 'Location "us-east1-a" does not exist.'


def test_a_file_server_goes_nowhere_else(asked: Asked) -> None:
    host, path = "file.googleapis.com", f"/v1/projects/{PROJECT}/locations/us-east1-a/instances?instanceId=s"
    share = {"name": "share", "capacityGb": "1024"}
    body = {"tier": "BASIC_HDD", "fileShares": [share], "networks": [{"network": "default", "modes": ["MODE_IPV4"]}]}
    refused = asked.json("POST", host, path, body, status=403)["error"]
    assert refused["message"] == "Location us-east1-a is not found or access is unauthorized."
