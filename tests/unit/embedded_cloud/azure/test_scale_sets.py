"""Scale sets: their machines come, fail, go; in both orchestration modes."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from embedded_cloud.authority import Authority
from embedded_cloud.cloud import Cloud
from tests.unit.embedded_cloud.asked_cloud import Asked, until
from tests.unit.embedded_cloud.azure_kit import COMPUTE, GROUP, HOST, NETWORK, ROOT, Azure

if TYPE_CHECKING:
    from pathlib import Path

PATH = f"{COMPUTE}/virtualMachineScaleSets/ss"
STOCK_OUT = (
    "Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about "
    "improving likelihood of allocation success at http://aka.ms/allocation-guidance"
)


@pytest.fixture
def azure(asked: Asked) -> Azure:
    made = Azure(asked)
    made.network()
    return made


def power(machine: dict[str, object]) -> str:
    return json.dumps(machine["properties"]["instanceView"])  # type: ignore[index]


def test_a_uniform_set_has_numbered_machines_with_addresses_of_its_subnet(azure: Azure) -> None:
    azure.scale_set(2)
    assert azure.settled()["properties"]["provisioningState"] == "Succeeded"
    machines = azure.machines()
    assert [each["name"] for each in machines] == ["ss_0", "ss_1"]
    assert [each["properties"]["osProfile"]["computerName"] for each in machines] == ["vm-000000", "vm-000001"]
    assert all("PowerState/running" in power(each) for each in machines)
    cards = azure.json("GET", f"{PATH}/virtualMachines/0/networkInterfaces")["value"]
    assert cards[0]["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"] == "10.0.0.4"


def test_a_flexible_sets_machines_are_virtual_machines_of_the_group(azure: Azure) -> None:
    azure.scale_set(2, mode="Flexible")
    azure.settled()
    listed = azure.machines()
    assert all(each["id"].startswith(f"{COMPUTE}/virtualMachines/ss_") for each in listed)
    assert azure.json("GET", f"{COMPUTE}/virtualMachines/{listed[0]['name']}")["properties"]["vmId"]
    azure.refused("GET", f"{PATH}/virtualMachines/{listed[0]['name']}/networkInterfaces", status=404)
    assert len(azure.json("GET", f"{NETWORK}/networkInterfaces")["value"]) == 2


def test_what_only_the_machine_gets_to_know_is_never_shown(azure: Azure) -> None:
    azure.scale_set(1)
    shown = azure.settled()
    assert "customData" not in json.dumps(shown)
    assert "customData" not in json.dumps(azure.machines())
    azure.json("PUT", PATH, shown)  # and stays when what was shown is written back
    (instance,) = azure.asked.json("GET", "rehearsal.internal", "/machines")["machines"]
    assert instance["name"] == "vm-000000"


def test_the_subnet_of_a_machine_can_not_be_deleted(azure: Azure) -> None:
    azure.scale_set(1)
    azure.settled()
    code, message = azure.refused("DELETE", f"{NETWORK}/virtualNetworks/v/subnets/s")
    assert code == "InUseSubnetCannotBeDeleted"
    assert "aka.ms/deletesubnet" in message


def test_more_and_fewer_machines_are_a_change_of_its_capacity(azure: Azure) -> None:
    azure.scale_set(1)
    azure.settled()
    azure.json("PATCH", PATH, {"sku": {"name": "Standard_NC24ads_A100_v4", "capacity": 3}})
    azure.settled()
    assert [each["instanceId"] for each in azure.machines()] == ["0", "1", "2"]
    azure.json("PATCH", PATH, {"sku": {"name": "Standard_NC24ads_A100_v4", "capacity": 1}})
    azure.settled()
    until(lambda: len(azure.machines()) == 1)
    azure.json("PATCH", PATH, {"sku": {"name": "Standard_NC24ads_A100_v4", "capacity": 2}})
    azure.settled()
    assert [each["instanceId"] for each in azure.machines()] == ["0", "3"]


def test_one_machine_that_is_deleted_makes_the_set_smaller(azure: Azure) -> None:
    azure.scale_set(2)
    azure.settled()
    azure.json("POST", f"{PATH}/delete", {"instanceIds": ["0"]})
    until(lambda: [each["instanceId"] for each in azure.machines()] == ["1"])
    assert azure.settled()["sku"]["capacity"] == 1


def test_a_machine_that_is_asked_to_go_twice_is_one_less(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    azure.scale_set(2)
    azure.settled()
    asked_twice = threading.Event()
    monkeypatch.setattr(azure.asked.cloud._azure.machines, "remove", lambda _: asked_twice.wait(10))
    for _ in range(2):
        azure.json("POST", f"{PATH}/delete", {"instanceIds": ["0"]})
    asked_twice.set()
    until(lambda: [each["instanceId"] for each in azure.machines()] == ["1"])
    assert azure.settled()["sku"]["capacity"] == 1


@pytest.mark.parametrize("mode", ["Uniform", "Flexible"])
def test_a_set_goes_with_its_machines_and_leaves_nothing(azure: Azure, mode: str) -> None:
    azure.scale_set(2, mode=mode)
    azure.settled()
    assert azure.ask("DELETE", PATH).status == 202
    until(lambda: azure.ask("GET", PATH).status == 404)
    assert azure.json("GET", f"{NETWORK}/networkInterfaces")["value"] == []
    assert azure.json("GET", f"{COMPUTE}/virtualMachines")["value"] == []
    azure.json("DELETE", f"{NETWORK}/virtualNetworks/v/subnets/s", status=202)


def test_a_group_goes_once_its_machines_are_gone(azure: Azure) -> None:
    azure.scale_set(2)
    address = dict(azure.ask("DELETE", GROUP).headers)["Azure-AsyncOperation"]
    path = address.removeprefix(f"https://{HOST}").partition("?")[0]
    until(lambda: azure.json("GET", path)["status"] == "Succeeded")
    assert azure.ask("HEAD", GROUP).status == 404
    assert azure.asked.json("GET", "rehearsal.internal", "/leftovers")["empty"] is True


def test_machines_that_can_not_be_had_end_the_operation_with_the_clouds_own_words(azure: Azure) -> None:
    error = {"code": "AllocationFailed", "message": STOCK_OUT}
    stock_out = {"match": {"method": "BOOT", "host": "machines.*"}, "status": 409, "body": error, "times": 1}
    (azure.asked.folder / "scenario.json").write_text(json.dumps({"rules": [stock_out]}))
    answer = azure.ask("PUT", PATH, None)  # nothing is made by a body that lacks all
    assert answer.status == 400
    azure.scale_set(1)
    assert azure.settled()["properties"]["provisioningState"] == "Failed"
    assert STOCK_OUT in power(azure.machines()[0])
    azure.scale_set(1, status=200)  # the next try has them
    assert azure.settled()["properties"]["provisioningState"] == "Succeeded"
    until(lambda: [each["instanceId"] for each in azure.machines()] == ["1"])


@pytest.mark.parametrize("family", ["StandardNCADSA100v4Family", "standardncadsa100v4family"])
def test_more_than_the_quota_is_refused_with_both_numbers(azure: Azure, family: str) -> None:
    quotas = {"westeurope": {family: 24}}
    (azure.asked.folder / "conditions.json").write_text(json.dumps({"quotas": quotas}))
    refused = azure.scale_set(2, status=409)["error"]
    assert refused["code"] == "OperationNotAllowed"
    assert "StandardNCADSA100v4Family Cores quota" in refused["message"]
    assert "Current Limit: 24, Current Usage: 0, Additional Required: 48" in refused["message"]
    azure.scale_set(1)
    usages = azure.json("GET", f"{ROOT}/providers/Microsoft.Compute/locations/westeurope/usages")["value"]
    assert {"StandardNCADSA100v4Family": (24, 24)}.items() <= {
        each["name"]["value"]: (each["currentValue"], each["limit"]) for each in usages
    }.items()


def test_spot_machines_count_against_the_spot_quota_alone(azure: Azure) -> None:
    (azure.asked.folder / "conditions.json").write_text(json.dumps({"quotas": {"westeurope": {"cores": 0}}}))
    azure.scale_set(1, status=409)
    path = f"{COMPUTE}/virtualMachineScaleSets/spot"
    (azure.asked.folder / "conditions.json").write_text("{}")
    azure.scale_set(0, name="spot")
    body = azure.json("GET", path)
    body["properties"]["virtualMachineProfile"] |= {"priority": "Spot", "evictionPolicy": "Delete"}
    body["sku"]["capacity"] = 1
    (azure.asked.folder / "conditions.json").write_text(json.dumps({"quotas": {"westeurope": {"cores": 0}}}))
    azure.json("PUT", path, body)


def test_one_placement_group_holds_a_hundred(azure: Azure) -> None:
    refused = azure.scale_set(101, status=409)["error"]
    assert "exceeds the total limit of '100' Virtual Machine instances" in refused["message"]


def test_an_image_of_the_wrong_generation_does_not_boot(azure: Azure) -> None:
    azure.scale_set(0, sku={"name": "Standard_ND96isr_H100_v5"})
    body = azure.json("GET", PATH)
    image = {"publisher": "Canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts", "version": "latest"}
    body["properties"]["virtualMachineProfile"]["storageProfile"]["imageReference"] = image
    _, message = azure.refused("PUT", PATH, body)
    assert "cannot boot Hypervisor Generation '1'" in message


def test_a_cloud_that_starts_again_has_its_machines(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path, "played", Authority(tmp_path))
    azure = Azure(Asked(cloud, tmp_path))
    azure.network()
    azure.scale_set(2)
    azure.settled()
    before = [each["properties"]["vmId"] for each in azure.machines()]
    cloud.close()
    again = Cloud(tmp_path, "played", Authority(tmp_path))
    azure = Azure(Asked(again, tmp_path))
    assert azure.settled()["properties"]["provisioningState"] == "Succeeded"
    assert [each["properties"]["vmId"] for each in azure.machines()] == before
    again.close()


def test_the_sizes_of_a_place_are_told_with_what_they_can_do(azure: Azure) -> None:
    found = azure.json("GET", f"{ROOT}/providers/Microsoft.Compute/skus", query="&$filter=location%20eq%20'eastus'")[
        "value"
    ]
    (size,) = [each for each in found if each["name"] == "Standard_ND96isr_H200_v5"]
    told = {each["name"]: each["value"] for each in size["capabilities"]}
    assert (told["vCPUs"], told["GPUs"], told["RdmaEnabled"]) == ("96", "8", "True")
    assert size["locationInfo"][0]["zones"] == ["1", "2", "3"]


def test_a_groups_virtual_machines_of_one_scale_set_are_listed_with_their_state(azure: Azure) -> None:
    azure.scale_set(2, mode="Flexible")
    azure.scale_set(1, mode="Flexible", name="other")
    azure.settled()
    query = f"&$filter='virtualMachineScaleSet/id' eq '{PATH}'&$expand=instanceView"
    listed = azure.json("GET", f"{COMPUTE}/virtualMachines", query=query)["value"]
    assert [each["name"] for each in listed] == [each["name"] for each in azure.machines()]
    assert all("PowerState/running" in power(each) for each in listed)


def test_a_uniform_sets_machines_are_told_to_be_of_an_older_model_once_it_has_another(azure: Azure) -> None:
    azure.scale_set(1)
    azure.settled()
    azure.scale_set(2, status=200)
    azure.settled()
    assert [each["properties"]["latestModelApplied"] for each in azure.machines()] == [True, True]
    azure.scale_set(3, status=200, custom_data="I2Nsb3VkLWNvbmZpZw==")
    azure.settled()
    assert [each["properties"]["latestModelApplied"] for each in azure.machines()] == [False, False, True]
