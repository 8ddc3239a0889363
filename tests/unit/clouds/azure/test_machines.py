"""Scale sets as the tool sees them, in both modes: machines, addresses, ports, what fails, what is made anew."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cluster_provision.clouds.base import NotFound
from tests.unit.clouds.azure.asked_azure import azure_in
from tests.unit.embedded_cloud.azure_kit import NETWORK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cluster_provision.clouds.azure.cloud import Azure as Cloud
    from tests.unit.embedded_cloud.azure_kit import Azure

POOL = f"{NETWORK}/loadBalancers/lb/backendAddressPools/nodes"
NO_ROOM = "Allocation failed. We do not have sufficient capacity for the requested VM size in this region."
STOCK_OUT = {"match": {"method": "BOOT"}, "status": 409, "body": {"code": "AllocationFailed", "message": NO_ROOM}}
MODES = ("uniform", "flexible")


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Azure, Cloud]]:
    with azure_in(tmp_path) as (azure, cloud):
        azure.network()
        yield azure, cloud


@pytest.mark.parametrize("mode", MODES)
def test_machines_are_told_by_computer_name_address_and_power(both: tuple[Azure, Cloud], mode: str) -> None:
    azure, cloud = both
    azure.scale_set(2, mode=mode.capitalize(), zones=["2"])
    azure.settled()
    machines = cloud.machines("g", "ss", mode)
    assert sorted(m.address for m in machines) == ["10.0.0.4", "10.0.0.5"]
    assert all(m.name.startswith("vm-") and m.status == "RUNNING" and m.zone == "westeurope-2" for m in machines)
    assert len({m.instance_id for m in machines}) == 2
    assert all(m.made.year > 2000 and m.configuration for m in machines)


def test_no_scale_set_has_no_machines_and_no_errors(both: tuple[Azure, Cloud]) -> None:
    _, cloud = both
    assert cloud.scale_set("g", "none") is None
    assert [cloud.machines("g", "none", mode) for mode in MODES] == [[], []]
    assert cloud.machines("nogroup", "none", "flexible") == []
    assert cloud.group_errors("g", "none", timedelta(0)) == []


@pytest.mark.parametrize("mode", MODES)
def test_what_azure_has_no_room_for_is_a_machines_problem_and_the_sets_error(
    both: tuple[Azure, Cloud], mode: str
) -> None:
    azure, cloud = both
    (azure.asked.folder / "scenario.json").write_text(json.dumps({"rules": [STOCK_OUT]}))
    azure.scale_set(1, mode=mode.capitalize())
    azure.settled()
    (machine,) = cloud.machines("g", "ss", mode)
    assert (machine.status, machine.problem) == ("FAILED", f"AllocationFailed: {NO_ROOM}")
    (error,) = cloud.group_errors("g", "ss", timedelta(hours=1))
    assert error.text == f"AllocationFailed: {NO_ROOM}"


def test_an_error_from_before_this_run_is_none_of_its(both: tuple[Azure, Cloud]) -> None:
    azure, cloud = both
    (azure.asked.folder / "scenario.json").write_text(json.dumps({"rules": [STOCK_OUT]}))
    azure.scale_set(1)
    azure.settled()
    cloud.scale_set("g", "ss")
    assert cloud.began is not None
    cloud.began += timedelta(minutes=1)
    assert cloud.group_errors("g", "ss", timedelta(0)) == []


@pytest.mark.parametrize("mode", MODES)
def test_a_machine_is_made_anew_and_the_others_stay(both: tuple[Azure, Cloud], mode: str) -> None:
    azure, cloud = both
    azure.scale_set(2, mode=mode.capitalize())
    azure.settled()
    gone, kept = cloud.machines("g", "ss", mode)
    cloud.replace_machines("g", "ss", mode, [gone], 2)
    azure.settled()
    now = {m.instance_id for m in cloud.machines("g", "ss", mode)}
    assert len(now) == 2
    assert kept.instance_id in now
    assert gone.instance_id not in now


@pytest.mark.parametrize("mode", MODES)
def test_a_machine_behind_a_load_balancer_has_an_address_and_a_port(both: tuple[Azure, Cloud], mode: str) -> None:
    azure, cloud = both
    azure.load_balancer()
    azure.scale_set(2, mode=mode.capitalize(), pool=POOL)
    azure.settled()
    ports = {cloud.port("g", "lb", "nodes", m.configuration) for m in cloud.machines("g", "ss", mode)}
    assert ports == {50000, 50001}
    assert cloud.public_address("g", "ip")
    assert cloud.public_address("g", "no-ip") == ""
    assert cloud.port("g", "lb", "nodes", f"{NETWORK}/networkInterfaces/none/ipConfigurations/none") == 0


def test_a_security_rule_leads_where_it_is_told_and_keeps_all_else(both: tuple[Azure, Cloud]) -> None:
    azure, cloud = both
    assert cloud.destination("g", "nsg", "rule0") == ""
    with pytest.raises(NotFound):
        cloud.let_in_to("g", "nsg", "rule0", "10.0.0.4")
    azure.security({"access": "Allow", "destinationPortRange": "22", "sourceAddressPrefixes": ["198.51.100.0/24"]})
    cloud.let_in_to("g", "nsg", "rule0", "10.0.0.4")
    assert cloud.destination("g", "nsg", "rule0") == "10.0.0.4"
    kept = azure.json("GET", f"{NETWORK}/networkSecurityGroups/nsg/securityRules/rule0")["properties"]
    assert (kept["sourceAddressPrefixes"], kept["destinationPortRange"]) == (["198.51.100.0/24"], "22")


def test_a_scale_set_tells_mode_size_and_state(both: tuple[Azure, Cloud]) -> None:
    azure, cloud = both
    azure.scale_set(3)
    azure.settled()
    found = cloud.scale_set("g", "ss")
    assert found is not None
    assert (found.mode, found.capacity, found.state) == ("uniform", 3, "Succeeded")
