"""What lies in another resource's body: associations and NAT rules."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from embedded_cloud.standin.azurerm.association import NatGatewayAddress, SubnetNatGateway, SubnetSecurityGroup
from embedded_cloud.standin.azurerm.load_balancer import NatRule
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.wire import UNKNOWN
from tests.unit.embedded_cloud.standin.azurerm.kit import NETWORK, SUBNET, Arm, life
from tests.unit.embedded_cloud.standin.kit import config

GROUPED, ROUTED = "azurerm_subnet_network_security_group_association", "azurerm_subnet_nat_gateway_association"
ADDRESSED, RULE = "azurerm_nat_gateway_public_ip_association", "azurerm_lb_nat_rule"
GATEWAY, BALANCER = f"{NETWORK}/natGateways/g", f"{NETWORK}/loadBalancers/lb"
ADDRESS, GROUP = f"{NETWORK}/publicIPAddresses/a", f"{NETWORK}/networkSecurityGroups/n"


def subnet(**properties: Any) -> Arm:
    arm = Arm()
    arm.held[SUBNET] = {"name": "s", "properties": {"addressPrefixes": ["10.0.0.0/24"], **properties}}
    return arm


def test_a_subnet_gets_its_group_and_loses_it_and_keeps_the_rest() -> None:
    arm = subnet(natGateway={"id": GATEWAY})
    lifecycle = life(GROUPED, arm, SubnetSecurityGroup)
    state = lifecycle.create(config(GROUPED, subnet_id=SUBNET, network_security_group_id=GROUP, id=UNKNOWN))
    assert (state["id"], state["network_security_group_id"]) == (SUBNET, GROUP)
    assert arm.held[SUBNET]["properties"]["networkSecurityGroup"] == {"id": GROUP}
    lifecycle.delete(state)
    left = arm.held[SUBNET]["properties"]
    assert (left["networkSecurityGroup"], left["natGateway"]) == (None, {"id": GATEWAY})
    assert lifecycle.read(state) is None


def test_a_subnet_that_has_a_group_already_is_told_with_both_ids() -> None:
    arm = subnet(networkSecurityGroup={"id": f"{GROUP}-other"})
    with pytest.raises(Failed) as failed:
        given = config(GROUPED, subnet_id=SUBNET, network_security_group_id=GROUP, id=UNKNOWN)
        life(GROUPED, arm, SubnetSecurityGroup).create(given)
    assert f'an association between "{SUBNET}" and "{GROUP}-other" already exists' in str(failed.value)
    assert arm.changes() == []


def test_an_association_whose_subnet_is_missing_says_so() -> None:
    with pytest.raises(Failed, match=r"(?s)Subnet \(Subscription: .* was not found"):
        given = config(ROUTED, subnet_id=SUBNET, nat_gateway_id=GATEWAY, id=UNKNOWN)
        life(ROUTED, Arm(), SubnetNatGateway).create(given)


def test_two_associations_of_one_subnet_at_once_both_hold() -> None:
    arm = subnet()
    grouped, routed = life(GROUPED, arm, SubnetSecurityGroup), life(ROUTED, arm, SubnetNatGateway)
    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            arm.held[SUBNET]["properties"] |= {"networkSecurityGroup": None, "natGateway": None}
            one = config(GROUPED, subnet_id=SUBNET, network_security_group_id=GROUP, id=UNKNOWN)
            other = config(ROUTED, subnet_id=SUBNET, nat_gateway_id=GATEWAY, id=UNKNOWN)
            for made in [pool.submit(grouped.create, one), pool.submit(routed.create, other)]:
                made.result()
            properties = arm.held[SUBNET]["properties"]
            assert (properties["networkSecurityGroup"], properties["natGateway"]) == ({"id": GROUP}, {"id": GATEWAY})


def test_a_gateways_address_is_one_of_a_list_and_its_id_is_both() -> None:
    arm = Arm()
    arm.held[GATEWAY] = {"name": "g", "properties": {"publicIpAddresses": [{"id": f"{ADDRESS}-other"}]}}
    lifecycle = life(ADDRESSED, arm, NatGatewayAddress)
    state = lifecycle.create(config(ADDRESSED, nat_gateway_id=GATEWAY, public_ip_address_id=ADDRESS, id=UNKNOWN))
    assert state["id"] == f"{GATEWAY}|{ADDRESS}"
    assert [each["id"] for each in arm.held[GATEWAY]["properties"]["publicIpAddresses"]] == [
        f"{ADDRESS}-other",
        ADDRESS,
    ]
    lifecycle.delete(state)
    assert arm.held[GATEWAY]["properties"]["publicIpAddresses"] == [{"id": f"{ADDRESS}-other"}]


def rule(**more: Any) -> dict[str, Any]:
    given = {"name": "ssh", "resource_group_name": "rg", "loadbalancer_id": BALANCER, "protocol": "Tcp"}
    given |= {"frontend_ip_configuration_name": "public", "frontend_port_start": 50000, "frontend_port_end": 50999}
    given |= {"backend_port": 22, "backend_address_pool_id": f"{BALANCER}/backendAddressPools/p"}
    return config(RULE, **{**given, "floating_ip_enabled": UNKNOWN, "id": UNKNOWN, **more})


def balancer() -> Arm:
    arm = Arm()
    frontends, rules = [{"name": "public"}], [{"name": "other"}]
    properties = {"frontendIPConfigurations": frontends, "inboundNatRules": rules}
    arm.held[BALANCER] = {"name": "lb", "properties": properties}
    return arm


def test_a_nat_rule_is_written_with_its_balancer_among_the_others() -> None:
    arm = balancer()
    lifecycle = life(RULE, arm, NatRule)
    state = lifecycle.create(rule())
    assert state["id"] == f"{BALANCER}/inboundNatRules/ssh"
    other, ours = arm.held[BALANCER]["properties"]["inboundNatRules"]
    assert (other["name"], ours["name"]) == ("other", "ssh")
    assert ours["properties"] == {
        "backendAddressPool": {"id": f"{BALANCER}/backendAddressPools/p"},
        "backendPort": 22,
        "frontendIPConfiguration": {"id": f"{BALANCER}/frontendIPConfigurations/public"},
        "frontendPortRangeStart": 50000,
        "frontendPortRangeEnd": 50999,
        "protocol": "Tcp",
    }
    changed = lifecycle.update(state, {**state, "frontend_port_end": 51999})
    assert (changed["frontend_port_end"], changed["frontend_ip_configuration_name"]) == (51999, "public")
    lifecycle.delete(changed)
    assert arm.held[BALANCER]["properties"]["inboundNatRules"] == [{"name": "other"}]


def test_a_nat_rule_of_a_frontend_that_is_not_there_is_refused() -> None:
    arm = balancer()
    with pytest.raises(Failed, match="Cannot find FrontEnd IP Configuration with the name none"):
        life(RULE, arm, NatRule).create(rule(frontend_ip_configuration_name="none"))
    assert arm.changes() == []
