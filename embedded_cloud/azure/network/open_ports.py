"""Whether the rules of network security groups allow a connection from outside.

https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview (read 2026-11-25)
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.references import find

if TYPE_CHECKING:
    from embedded_cloud.store import Body, Store

WITHIN = ("virtualnetwork", "azureloadbalancer")
ALL = ("*", "0.0.0.0/0", "internet", "any")


def lets_in(store: Store, nic: Body, configuration: Body, port: int) -> bool:
    """Whether a TCP port of an interface's IP configuration is open to somebody outside its virtual network.

    Both the group of the subnet and that of the interface have to allow it. Behind a Standard load balancer everything
    is closed where there is neither.
    """
    subnet = find(store, str(read(configuration, "properties.subnet.id"))) or {}
    named = [read(subnet, "properties.networkSecurityGroup.id"), read(nic, "properties.networkSecurityGroup.id")]
    groups = [found for path in named if path and (found := find(store, path)) is not None]
    address = str(read(configuration, "properties.privateIPAddress"))
    return bool(groups) and all(is_open(group, address, port) for group in groups)


def is_open(group: Body, address: str, port: int) -> bool:
    """Whether a group's rules allow a connection to an address: an Allow stands before the first Deny for all.

    The address is a private one: rules are looked at once the load balancer has put it in its own one's place.
    """
    rules = [*(read(group, "properties.securityRules") or ()), *(read(group, "properties.defaultSecurityRules") or ())]
    for rule in sorted(rules, key=lambda each: int(each["properties"]["priority"])):
        given = rule["properties"]
        sources = _texts(given, "sourceAddressPrefix", "sourceAddressPrefixes")
        if given["direction"] != "Inbound" or given["protocol"].lower() not in ("*", "tcp"):
            continue
        if not _leads_to(given, address) or not _is_for(given, port):
            continue
        if given["access"] == "Allow" and any(each.lower() not in WITHIN for each in sources):
            return True
        if given["access"] == "Deny" and any(each.lower() in ALL for each in sources):
            return False
    return False


def _leads_to(given: Any, address: str) -> bool:
    destinations = _texts(given, "destinationAddressPrefix", "destinationAddressPrefixes")
    if any(each.lower() in ("*", "any", "virtualnetwork") for each in destinations):
        return True
    return any(ip_address(address) in ip_network(each, strict=False) for each in destinations if each[0].isdecimal())


def _is_for(given: Any, port: int) -> bool:
    for each in _texts(given, "destinationPortRange", "destinationPortRanges"):
        first, _, last = each.partition("-")
        if each == "*" or int(first) <= port <= int(last or first):
            return True
    return False


def _texts(given: Any, one: str, several: str) -> list[str]:
    return [*([given[one]] if given.get(one) else []), *(given.get(several) or [])]
