"""Machines that Compute Engine would not make: the group says why, in its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.errors import CapacityError, SettingsError
from embedded_cloud.google.compute.reservations import take
from embedded_cloud.google.self_links import link
from embedded_cloud.store import Store
from tests.unit.embedded_cloud.asked_cloud import GLOBAL, PROJECT, ZONE, Asked, until

if TYPE_CHECKING:
    from pathlib import Path

REGION = f"/compute/v1/projects/{PROJECT}/regions/us-central1"
RESERVATIONS = f"{ZONE}/reservations"
DISK = {"boot": True, "initializeParams": {"diskType": "pd-ssd"}}
DEFAULT = {"network": "global/networks/default"}
KEY = "compute.googleapis.com/reservation-name"


def problem(asked: Asked, size: int = 1, **properties: Any) -> str:
    """What the group says of a machine of these properties, "<code>: <message>"."""
    asked.template(**properties)
    asked.group(size)

    def failure() -> dict[str, str] | None:
        items = asked.compute("GET", f"{ZONE}/instanceGroupManagers/g/listErrors").get("items")
        return items[0]["error"] if items else None

    found = until(failure)
    return f"{found['code']}: {found['message']}"


def network(asked: Asked, name: str, number: int, **more: Any) -> str:
    """A network with one subnet; the subnet's path."""
    link = f"projects/{PROJECT}/global/networks/{name}"
    asked.compute("POST", f"{GLOBAL}/networks", {"name": name, "autoCreateSubnetworks": False, **more})
    subnet = {"name": name, "network": link, "ipCidrRange": f"10.{number}.0.0/20"}
    asked.compute("POST", f"{REGION}/subnetworks", subnet)
    return f"regions/us-central1/subnetworks/{name}"


def rdma(asked: Asked, zone: str = "us-central1-a") -> str:
    profile = f"projects/{PROJECT}/global/networkProfiles/{zone}-vpc-roce"
    return network(asked, "rdma", 64, networkProfile=profile)


def test_more_cards_than_the_machine_type_takes(asked: Asked) -> None:
    cards = [{"subnetwork": network(asked, f"n{number}", number)} for number in range(3)]
    said = problem(asked, machineType="n1-standard-2", networkInterfaces=cards)
    assert "Too many network interfaces. The maximum number of network interfaces allowed" in said
    assert said.endswith("for this machine type is 2.")
    assert kind_of(said).error is SettingsError


def test_two_cards_in_one_network(asked: Asked) -> None:
    said = problem(asked, networkInterfaces=[DEFAULT, DEFAULT])
    assert "Networks must be distinct for NICs attached to a VM." in said


@pytest.mark.parametrize("kind", ["GVNIC", "MRDMA"])
def test_a_card_of_the_wrong_kind(asked: Asked, kind: str) -> None:
    subnetwork = rdma(asked) if kind == "GVNIC" else network(asked, "plain", 1)
    cards = [DEFAULT, {"subnetwork": subnetwork, "nicType": kind}]
    said = problem(asked, machineType="a3-ultragpu-8g", networkInterfaces=cards)
    assert f"'{kind}'. The network does not allow this NIC type." in said


def test_an_rdma_network_of_another_zone(asked: Asked) -> None:
    cards = [DEFAULT, {"subnetwork": rdma(asked, "us-central1-b"), "nicType": "MRDMA"}]
    said = problem(asked, machineType="a3-ultragpu-8g", networkInterfaces=cards)
    assert "Network profile only allows resource creation in location us-central1-b" in said
    assert kind_of(said).error is SettingsError


def test_several_rdma_cards_share_a_network_and_each_card_has_an_address_of_its_subnet(asked: Asked) -> None:
    first = rdma(asked)
    second = {"name": "second", "network": f"projects/{PROJECT}/global/networks/rdma", "ipCidrRange": "10.65.0.0/20"}
    asked.compute("POST", f"{REGION}/subnetworks", second)
    cards = [
        DEFAULT,
        {"subnetwork": first, "nicType": "MRDMA"},
        {"subnetwork": "regions/us-central1/subnetworks/second", "nicType": "MRDMA"},
    ]
    asked.template(machineType="a3-ultragpu-8g", networkInterfaces=cards)
    asked.group(1)
    (machine,) = until(lambda: running(asked))
    addresses = [card["networkIP"] for card in machine["networkInterfaces"]]
    assert [each.rpartition(".")[0].rpartition(".")[0] for each in addresses[1:]] == ["10.64", "10.65"]


def running(asked: Asked) -> list[dict[str, Any]]:
    found = asked.compute("GET", f"{ZONE}/instances").get("items", [])
    return [each for each in found if each["status"] == "RUNNING"]


@pytest.mark.parametrize("machine_type", ["a3-ultragpu-8g", "a4-highgpu-8g", "g4-standard-48"])
def test_a_boot_disk_that_the_machine_type_does_not_take(asked: Asked, machine_type: str) -> None:
    said = problem(asked, machineType=machine_type, disks=[DISK])
    assert said.endswith(f"[pd-ssd, {machine_type}] features are not compatible for creating instance.")
    assert kind_of(said).error is SettingsError


def test_gpus_do_not_move_to_another_host(asked: Asked) -> None:
    said = problem(asked, scheduling={"onHostMaintenance": "MIGRATE"})
    assert "Instances with guest accelerators do not support live migration" in said


def test_a_policy_that_is_not_there(asked: Asked) -> None:
    said = problem(asked, resourcePolicies=["near"])
    assert said.endswith(f"projects/{PROJECT}/regions/us-central1/resourcePolicies/near' was not found")


def test_a_policy_stays_while_machines_or_groups_have_it(asked: Asked) -> None:
    policies = f"{REGION}/resourcePolicies"
    asked.compute("POST", policies, {"name": "near", "groupPlacementPolicy": {"collocation": "COLLOCATED"}})
    asked.compute("POST", policies, {"name": "fast", "workloadPolicy": {"type": "HIGH_THROUGHPUT"}})
    asked.template(resourcePolicies=["near"])
    asked.group(1)
    link = f"projects/{PROJECT}/regions/us-central1/resourcePolicies/fast"
    asked.compute("PATCH", f"{ZONE}/instanceGroupManagers/g", {"resourcePolicies": {"workloadPolicy": link}})
    for name, user in (("near", "instances"), ("fast", "instanceGroupManagers")):
        refused = asked.compute("DELETE", f"{policies}/{name}", status=400)
        assert (
            f"is already being used by 'projects/{PROJECT}/zones/us-central1-a/{user}/" in refused["error"]["message"]
        )
    asked.compute("DELETE", f"{ZONE}/instanceGroupManagers/g")
    for name in ("near", "fast"):
        asked.compute("DELETE", f"{policies}/{name}")


def reserve(asked: Asked, count: int = 1, machine_type: str = "a2-highgpu-2g", where: str = "", **more: Any) -> None:
    reserved = {"count": str(count), "instanceProperties": {"machineType": machine_type}}
    body = {"name": "mine", "specificReservation": reserved, "specificReservationRequired": True, **more}
    asked.compute("POST", where or RESERVATIONS, body)


def taking(value: str = "mine") -> dict[str, Any]:
    affinity = {"consumeReservationType": "SPECIFIC_RESERVATION", "key": KEY, "values": [value]}
    return {"reservationAffinity": affinity}


def test_a_reservation_that_does_not_exist(asked: Asked) -> None:
    said = problem(asked, **taking())
    assert said == "CONDITION_NOT_MET: Specified reservation 'mine' does not exist."
    assert kind_of(said).error is SettingsError


def test_a_reservation_that_is_used_up_and_what_is_given_back(asked: Asked) -> None:
    reserve(asked, count=1)
    said = problem(asked, size=2, **taking())
    wanted = "CONDITION_NOT_MET: Specified reservation 'mine' does not have available resources for the request."
    assert said == wanted
    assert kind_of(said).error is CapacityError
    until(lambda: running(asked))
    assert used(asked) == "1"
    asked.compute("DELETE", f"{ZONE}/instanceGroupManagers/g")
    assert used(asked) == "0"


def used(asked: Asked) -> str:
    return str(asked.compute("GET", f"{RESERVATIONS}/mine")["specificReservation"]["inUseCount"])


@pytest.mark.parametrize(
    ("reservation", "told"),
    [
        ({"machine_type": "a2-highgpu-1g"}, "does not have available resources for the request."),
        ({"specificReservationRequired": False}, "can not be targeted as specificReservationRequired is not set."),
    ],
    ids=["of another type", "for everybody"],
)
def test_a_reservation_that_does_not_give_the_machine(asked: Asked, reservation: dict[str, Any], told: str) -> None:
    reserve(asked, **reservation)
    assert problem(asked, **taking()).endswith(told)


def test_a_reservation_that_is_being_made(tmp_path: Path) -> None:
    zone = f"projects/{PROJECT}/zones/us-central1-a"
    store = Store(tmp_path)
    store.put(f"//compute.googleapis.com/{zone}/reservations", "mine", {"status": "CREATING"})
    machine = {"id": "1", "name": "vm", "selfLink": link(f"{zone}/instances/vm"), **taking()}
    code, message = take(store, machine) or ("", "")
    assert code == "CONDITION_NOT_MET"
    assert message.endswith("with status: CREATING, as it requires reservation to be in READY state.")
    assert kind_of(f"{code}: {message}").error is CapacityError


@pytest.mark.parametrize("shared", [True, False])
def test_a_reservation_of_another_project_must_be_shared_with_ours(asked: Asked, shared: bool) -> None:
    settings = {"shareType": "SPECIFIC_PROJECTS", "projectMap": {PROJECT: {"projectId": PROJECT}}} if shared else None
    where = "/compute/v1/projects/theirs/zones/us-central1-a/reservations"
    reserve(asked, where=where, **({"shareSettings": settings} if settings else {}))
    if shared:
        asked.template(**taking("projects/theirs/reservations/mine"))
        asked.group(1)
        assert until(lambda: running(asked))
    else:
        said = problem(asked, **taking("projects/theirs/reservations/mine"))
        assert said == "CONDITION_NOT_MET: The reservation must exist in the same project as the instance."


@pytest.mark.parametrize(
    "scheduling",
    [
        {"provisioningModel": "SPOT", "automaticRestart": True},
        {"provisioningModel": "SPOT", "onHostMaintenance": "MIGRATE"},
        {"provisioningModel": "FLEX_START"},
        {"provisioningModel": "RESERVATION_BOUND"},
        {"provisioningModel": "STANDARD", "instanceTerminationAction": "DELETE"},
    ],
)
def test_scheduling_that_contradicts_itself_is_refused_with_the_template(
    asked: Asked, scheduling: dict[str, Any]
) -> None:
    properties = {"machineType": "a2-highgpu-2g", "networkInterfaces": [DEFAULT], "scheduling": scheduling}
    asked.compute("POST", f"{GLOBAL}/instanceTemplates", {"name": "t", "properties": properties}, 400)
