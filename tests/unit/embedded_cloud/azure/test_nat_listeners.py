"""A load balancer's address is one of this machine's: what is behind it answers there, while somebody may come in."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.azure.network.open_ports import is_open
from embedded_cloud.azure.network.public_addresses import free_public_address, readdress
from embedded_cloud.machines.engine_addresses import EngineAddresses
from embedded_cloud.machines.public_addresses import Loopback
from embedded_cloud.store import Store
from tests.unit.embedded_cloud.asked_cloud import until
from tests.unit.embedded_cloud.azure_kit import COMPUTE, NETWORK, Azure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.embedded_cloud.asked_cloud import Asked

POOL = f"{NETWORK}/loadBalancers/lb/backendAddressPools/nodes"
FROM_HOME = {"access": "Allow", "destinationPortRange": "22", "sourceAddressPrefix": "203.0.113.7/32"}


@pytest.fixture
def machine() -> Iterator[tuple[str, int]]:
    """Something that says who it is and sends back what it hears."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                visitor, _ = server.accept()
            except OSError:
                return
            with visitor:
                visitor.sendall(b"SSH-2.0-test " + visitor.recv(100))

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[:2]
    server.shutdown(socket.SHUT_RDWR)
    server.close()


@pytest.fixture
def azure(asked: Asked, machine: tuple[str, int]) -> Azure:
    """A load balancer before a machine that answers as `machine` does."""
    made = Azure(asked)
    made.network()
    made.load_balancer()
    doors = asked.cloud._azure._nat_listeners
    doors._reached = lambda address, port: machine if (address, port) == ("10.0.0.4", 22) else None
    return made


def address(azure: Azure) -> str:
    found: str = azure.json("GET", f"{NETWORK}/publicIPAddresses/ip")["properties"]["ipAddress"]
    return found


def answer(azure: Azure, port: int = 50000) -> bytes:
    """What is said there; nothing where nobody listens, or the machine refuses."""
    try:
        with socket.create_connection((address(azure), port), timeout=2) as connection:
            connection.sendall(b"hello")
            return connection.recv(100)
    except (ConnectionRefusedError, ConnectionResetError):
        return b""


def test_a_machine_answers_at_the_load_balancers_address_and_its_own_port(azure: Azure) -> None:
    azure.security(FROM_HOME)
    azure.scale_set(2, pool=POOL)
    azure.settled()
    assert until(lambda: answer(azure)) == b"SSH-2.0-test hello"
    assert answer(azure, 50001) == b""  # a machine that refuses
    assert answer(azure, 50002) == b""  # a port that nobody has


def test_a_port_is_shut_until_a_rule_lets_somebody_in_and_again_after_it(azure: Azure) -> None:
    azure.scale_set(1, pool=POOL)
    azure.settled()
    assert answer(azure) == b""
    azure.security(FROM_HOME)
    until(lambda: answer(azure))
    azure.security()
    until(lambda: not answer(azure))


def test_a_port_goes_with_its_machine(azure: Azure) -> None:
    azure.security(FROM_HOME)
    azure.scale_set(1, pool=POOL)
    azure.settled()
    until(lambda: answer(azure))
    azure.json("DELETE", f"{COMPUTE}/virtualMachineScaleSets/ss", status=202)
    until(lambda: not answer(azure))


DENY = {"access": "Deny", "destinationPortRange": "*", "sourceAddressPrefix": "*"}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([FROM_HOME], True),
        ([], False),
        ([DENY, FROM_HOME], False),
        ([FROM_HOME, DENY], True),
        ([{**FROM_HOME, "destinationPortRange": "80-90"}], False),
        ([{**FROM_HOME, "destinationPortRange": "", "destinationPortRanges": ["80", "20-25"]}], True),
        ([{**FROM_HOME, "protocol": "Udp"}], False),
        ([{**FROM_HOME, "direction": "Outbound"}], False),
        ([{**FROM_HOME, "sourceAddressPrefix": "VirtualNetwork"}], False),
        ([{**FROM_HOME, "sourceAddressPrefix": "", "sourceAddressPrefixes": ["198.51.100.0/24"]}], True),
        ([{**FROM_HOME, "destinationAddressPrefix": "10.0.0.4"}], True),
        ([{**FROM_HOME, "destinationAddressPrefix": "10.0.0.5"}], False),
        ([{**FROM_HOME, "destinationAddressPrefix": "VirtualNetwork"}], True),
        ([{**FROM_HOME, "destinationAddressPrefix": "", "destinationAddressPrefixes": ["10.0.0.0/29"]}], True),
    ],
)
def test_a_group_lets_in_whom_its_rules_name(rules: list[dict[str, Any]], expected: bool) -> None:
    shared = {"protocol": "Tcp", "direction": "Inbound", "destinationAddressPrefix": "*"}
    given = [{"properties": {**shared, "priority": 100 + at, **rule}} for at, rule in enumerate(rules)]
    assert is_open({"properties": {"securityRules": given}}, "10.0.0.4", 22) is expected


def test_no_two_public_addresses_are_the_same(tmp_path: Path) -> None:
    import ipaddress

    store, block = Store(tmp_path), ipaddress.IPv4Network("127.64.0.0/29")
    collection = "//management.azure.com/g/providers/microsoft.network/publicipaddresses"
    for number in range(6):
        path = f"/g/{number}"
        body = {"id": path, "properties": {"ipAddress": free_public_address(store, path, block)}}
        store.put(collection, str(number), body)
    found = {each["properties"]["ipAddress"] for each in store.each(collection).values()}
    assert len(found) == 6
    with pytest.raises(OSError, match="taken"):
        free_public_address(store, "/g/6", block)


def test_an_address_of_a_network_that_is_gone_is_given_anew(tmp_path: Path) -> None:
    import ipaddress

    store = Store(tmp_path)
    collection = "//management.azure.com/g/providers/microsoft.network/publicipaddresses"
    store.put(collection, "ip", {"id": "/g/ip", "properties": {"ipAddress": "127.99.1.1"}})
    readdress(store, Loopback.block)
    assert store.each(collection)["ip"]["properties"]["ipAddress"] == "127.99.1.1"
    engine = EngineAddresses(ipaddress.IPv4Network("172.20.0.0/16"))
    readdress(store, engine.block)
    moved = store.each(collection)["ip"]["properties"]["ipAddress"]
    assert ipaddress.ip_address(moved) in engine.block
    assert moved.startswith("172.20.13")  # neither the engine's own half nor the nodes' part of the other


def test_a_small_network_has_public_addresses_too(tmp_path: Path) -> None:
    import ipaddress

    engine = EngineAddresses(ipaddress.IPv4Network("192.168.7.0/24"))
    address = free_public_address(Store(tmp_path), "/g/ip", engine.block)
    assert ipaddress.ip_address(address) in engine.block
    assert int(address.rpartition(".")[2]) >= 192
