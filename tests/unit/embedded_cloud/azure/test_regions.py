"""Where the embedded Azure is, and what it sells there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cloud_facts.azure.machine_types import known_sizes
from cloud_facts.azure.regions import regions
from tests.unit.embedded_cloud.azure_kit import GROUP, NETWORK, ROOT, Azure

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

SKUS = f"{ROOT}/providers/Microsoft.Compute/skus"


@pytest.fixture
def azure(asked: Asked) -> Azure:
    return Azure(asked)


def test_every_public_region_is_listed_with_its_shown_name(azure: Azure) -> None:
    listed = {each["name"]: each["displayName"] for each in azure.json("GET", f"{ROOT}/locations")["value"]}
    assert listed == {region.name: region.display for region in regions().values()}
    assert listed["southafricanorth"] == "South Africa North"


@pytest.mark.parametrize("name", ["southafricanorth", "southafricawest", "indonesiacentral", "denmarkeast", "westus"])
def test_a_group_can_be_made_in_any_region(azure: Azure, name: str) -> None:
    assert azure.json("PUT", GROUP, {"location": name}, 201)["location"] == name


def test_what_is_no_region_is_refused_in_azures_words(azure: Azure) -> None:
    code, message = azure.refused("PUT", GROUP, {"location": "moonbase"})
    assert code == "LocationNotAvailableForResourceGroup"
    assert message.startswith("The provided location 'moonbase' is not available for resource group. List of available")
    azure.group()
    code, message = azure.refused("PUT", f"{NETWORK}/publicIPAddresses/a", {"location": "moonbase"})
    assert code == "LocationNotAvailableForResourceType"
    assert "is not available for resource type 'Microsoft.Network/publicIPAddresses'. List of" in message


def test_a_region_without_availability_zones_takes_none(azure: Azure) -> None:
    azure.group()
    address = {"sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}, "zones": ["1"]}
    code, message = azure.refused("PUT", f"{NETWORK}/publicIPAddresses/a", {**address, "location": "westus"})
    assert code == "LocationNotSupportAvailabilityZones"
    assert message.endswith("publicIPAddresses/a' does not support availability zones at location 'westus'.")
    azure.json("PUT", f"{NETWORK}/publicIPAddresses/a", {**address, "location": "westus3"}, 201)


def test_a_location_sells_every_size_in_the_zones_that_it_has(azure: Azure) -> None:
    sold = {}
    for place in ("eastus2", "northcentralus"):
        listed = azure.json("GET", SKUS, query=f"&$filter=location eq '{place}'")["value"]
        assert {each["name"] for each in listed} == {size.name for size in known_sizes().values()}
        sold[place] = listed[0]["locationInfo"][0]["zones"]
    assert sold == {"eastus2": ["1", "2", "3"], "northcentralus": []}


def test_a_size_is_told_as_azure_tells_it(azure: Azure) -> None:
    listed = azure.json("GET", SKUS, query="&$filter=location eq 'eastus2'")["value"]
    told = {each["name"]: {c["name"]: c["value"] for c in each["capabilities"]} for each in listed}
    h100, gb300 = told["Standard_ND96isr_H100_v5"], told["Standard_ND128isr_GB300_v6"]
    assert (h100["GPUs"], h100["vCPUs"], h100["RdmaEnabled"], h100["HyperVGenerations"]) == ("8", "96", "True", "V2")
    assert (gb300["CpuArchitectureType"], gb300.get("GPUs")) == ("Arm64", None)  # Azure tells no number of these
    assert told["Standard_D4s_v5"]["HyperVGenerations"] == "V1,V2"
