"""The ports of a load balancer's inbound NAT rules: each machine of a rule's pool has its own, from the rule's range.

https://learn.microsoft.com/azure/load-balancer/inbound-nat-rules (read 2026-11-25)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedded_cloud.azure import resources
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.ids import parse, same
from embedded_cloud.azure.references import everything, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.azure.call import Call
    from embedded_cloud.exchange import Answer
    from embedded_cloud.store import Body, Store

PORTS = "//rehearsal/azure/nat-ports"  # a rule's id -> the port of each IP configuration that has one
POOL = "microsoft.network/loadbalancers/backendaddresspools"
QUERY = "queryinboundnatruleportmapping"
BALANCER = "Microsoft.Network/loadBalancers"


@dataclass(frozen=True)
class Mapping:
    """One port of a rule: what comes in at `frontend_port` goes to `backend_port` of `address`.

    `configuration` is the IP configuration's id, `interface` the network interface that it is in.
    """

    rule: Body
    frontend_port: int
    configuration: Body
    interface: Body

    @property
    def address(self) -> str:
        return str(read(self.configuration, "properties.privateIPAddress"))

    @property
    def backend_port(self) -> int:
        return int(read(self.rule, "properties.backendPort"))


def query(call: Call) -> Answer:
    """POST queryInboundNatRulePortMapping, of an `ipAddress` or an `ipConfiguration`'s id: the ports that lead there.

    An operation that takes its time, as the real one: its result is at its Location.
    """
    balancer = find(call.store, parse(call.id.path).parent)
    if balancer is None or find(call.store, call.id.path) is None:
        raise resources.missing(call.id)
    wanted, address = str(read(call.body, "ipConfiguration.id") or ""), str(call.body.get("ipAddress") or "")
    if not wanted and not address:
        raise ArmError(
            400, "InvalidRequestFormat", "Cannot parse the request: one of ipConfiguration and ipAddress is required."
        )
    found = [
        {
            "inboundNatRuleName": each.rule["name"],
            "protocol": read(each.rule, "properties.protocol"),
            "frontendPort": each.frontend_port,
            "backendPort": each.backend_port,
        }
        for each in mappings(call.store, balancer)
        if same(str(read(each.rule, "properties.backendAddressPool.id")), call.id.path)
        and (same(each.configuration["id"], wanted) if wanted else each.address == address)
    ]
    return resources.accepted(call, result={"inboundNatRulePortMappings": found})


def mappings(store: Store, balancer: Body) -> Iterator[Mapping]:
    """All ports of all rules of a load balancer that have a pool. Called with the store's lock held."""
    for rule in read(balancer, "properties.inboundNatRules") or ():
        pool = read(rule, "properties.backendAddressPool.id")
        if not pool:
            continue
        members = {each["id"].lower(): (nic, each) for nic, each in _members(store, pool)}
        for configuration, port in _assigned(store, rule, list(members)).items():
            nic, each = members[configuration]
            yield Mapping(rule, port, each, nic)


def balancers(store: Store) -> Iterator[Body]:
    yield from (each for each in everything(store) if each.get("type") == BALANCER)


def _members(store: Store, pool: str) -> Iterator[tuple[Body, Body]]:
    """The interfaces' IP configurations that are in the pool, each with its interface."""
    for body in everything(store):
        if not str(body.get("type", "")).lower().endswith("/networkinterfaces"):
            continue
        for each in read(body, "properties.ipConfigurations") or ():
            pools = read(each, "properties.loadBalancerBackendAddressPools") or ()
            if any(same(one["id"], pool) for one in pools):
                yield body, each


def _assigned(store: Store, rule: Body, members: list[str]) -> dict[str, int]:
    """Each member's port. A new member gets the lowest free port, and keeps it for as long as it exists."""
    before: dict[str, int] = (store.get(PORTS, rule["id"].lower()) or {}).get("ports", {})
    ports = {each: port for each, port in before.items() if each in members}
    first = int(read(rule, "properties.frontendPortRangeStart") or 0)
    last = int(read(rule, "properties.frontendPortRangeEnd") or 0)
    free = (port for port in range(first, last + 1) if port not in set(ports.values()))
    for each in members:
        if each not in ports and (port := next(free, None)) is not None:
            ports[each] = port
    if ports != before:
        store.put(PORTS, rule["id"].lower(), {"ports": ports})
    return ports
