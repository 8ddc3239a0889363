"""Each machine behind a load balancer has a port of its own there, which Azure tells on demand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.embedded_cloud.asked_cloud import until
from tests.unit.embedded_cloud.azure_kit import COMPUTE, HOST, NETWORK, PLACE, Azure

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

BALANCER = f"{NETWORK}/loadBalancers/lb"
POOL = f"{BALANCER}/backendAddressPools/nodes"


@pytest.fixture
def azure(asked: Asked) -> Azure:
    made = Azure(asked)
    made.network()
    made.load_balancer()
    return made


def port(azure: Azure, **asked: Any) -> list[int]:
    """The ports that the operation's result tells."""
    answer = azure.ask("POST", f"{POOL}/queryInboundNatRulePortMapping", asked)
    assert answer.status == 202
    told = azure.json("GET", dict(answer.headers)["Location"].removeprefix(f"https://{HOST}").partition("?")[0])
    return [each["frontendPort"] for each in told["inboundNatRulePortMappings"]]


@pytest.mark.parametrize("mode", ["Uniform", "Flexible"])
def test_each_machine_of_the_pool_has_the_next_port_of_the_range(azure: Azure, mode: str) -> None:
    azure.scale_set(2, mode=mode, pool=POOL)
    azure.settled()
    assert sorted(port(azure, ipAddress="10.0.0.4") + port(azure, ipAddress="10.0.0.5")) == [50000, 50001]
    assert port(azure, ipAddress="10.0.0.99") == []


def test_a_port_is_found_by_the_ip_configuration_too(azure: Azure) -> None:
    azure.scale_set(1, pool=POOL)
    azure.settled()
    (card,) = azure.json("GET", f"{COMPUTE}/virtualMachineScaleSets/ss/virtualMachines/0/networkInterfaces")["value"]
    given = {"id": card["properties"]["ipConfigurations"][0]["id"].upper()}
    assert port(azure, ipConfiguration=given) == port(azure, ipAddress="10.0.0.4") == [50000]


def test_a_machine_keeps_its_port_while_others_go_and_come(azure: Azure) -> None:
    azure.scale_set(2, pool=POOL)
    azure.settled()
    (second,) = port(azure, ipAddress="10.0.0.5")
    azure.json("POST", f"{COMPUTE}/virtualMachineScaleSets/ss/delete", {"instanceIds": ["0"]})
    until(lambda: port(azure, ipAddress="10.0.0.4") == [])
    assert port(azure, ipAddress="10.0.0.5") == [second]


def test_a_question_about_nothing_is_refused(azure: Azure) -> None:
    code, _ = azure.refused("POST", f"{POOL}/queryInboundNatRulePortMapping", {})
    assert code == "InvalidRequestFormat"
    missing = f"{BALANCER}/backendAddressPools/other/queryInboundNatRulePortMapping"
    azure.refused("POST", missing, {"ipAddress": "10.0.0.4"}, status=404)
    assert json.loads(azure.ask("GET", BALANCER).body)["location"] == PLACE["location"]
