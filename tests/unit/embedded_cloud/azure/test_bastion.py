"""Azure Bastion as Resource Manager has it, and its data plane: tokens, and WebSockets that lead to a machine."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from embedded_cloud.azure.network import bastion
from embedded_cloud.exchange import Request
from tests.unit.embedded_cloud.asked_cloud import until
from tests.unit.embedded_cloud.azure_kit import CLIENT, COMPUTE, NETWORK, PLACE, Azure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.exchange import Answer
    from tests.unit.embedded_cloud.asked_cloud import Asked

BASTION = f"{NETWORK}/bastionHosts/b"
SUBNET = f"{NETWORK}/virtualNetworks/v/subnets/AzureBastionSubnet"
ADDRESS = f"{NETWORK}/publicIPAddresses/bip"
NODE = f"{COMPUTE}/virtualMachineScaleSets/ss/virtualMachines/0"


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
                visitor.sendall(b"SSH-2.0-test")
                visitor.sendall(visitor.recv(100))

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[:2]
    server.shutdown(socket.SHUT_RDWR)
    server.close()


@pytest.fixture
def azure(asked: Asked, machine: tuple[str, int]) -> Azure:
    """A Bastion, and a node of a scale set that answers as `machine` does."""
    made = Azure(asked)
    made.network()
    address = {"sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}}
    made.json("PUT", ADDRESS, {**PLACE, **address}, 201)
    made.json("PUT", SUBNET, {"properties": {"addressPrefix": "10.0.255.192/26"}})
    made.json("PUT", BASTION, described(), 201)
    made.scale_set(1)
    made.settled()
    asked.cloud._azure._bastions._reached = lambda address, port: machine if port == 22 else None
    return made


def described(**more: Any) -> dict[str, Any]:
    its = {"subnet": {"id": SUBNET}, "publicIPAddress": {"id": ADDRESS}}
    properties = {"enableTunneling": True, "ipConfigurations": [{"name": "public", "properties": its}], **more}
    return {**PLACE, "sku": {"name": "Standard"}, "properties": properties}


def host(azure: Azure) -> str:
    return str(azure.json("GET", BASTION)["properties"]["dnsName"])


def asked_for(azure: Azure, access_token: str = "", target: str = NODE, port: int = 22) -> Answer:
    """The answer to who asks for a token."""
    own = access_token or tokens.token("https://management.azure.com", TENANT, CLIENT)
    form = {"resourceId": target, "protocol": "tcptunnel", "workloadHostPort": port, "aztoken": own}
    return azure.asked.ask("POST", host(azure), "/api/tokens", urlencode(form).encode())


def given(azure: Azure, **asked: Any) -> dict[str, str]:
    answer = asked_for(azure, **asked)
    assert answer.status == 200, answer.body
    told: dict[str, str] = json.loads(answer.body)
    return told


@contextlib.contextmanager
def tunnel(azure: Azure, word: str, node: str) -> Iterator[Any]:
    """A WebSocket at the cloud, without the door."""
    near, far = socket.socketpair()
    bastion_host = host(azure)

    def serve() -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += far.recv(1)
        target = head.split(b" ")[1].decode()
        azure.asked.cloud.upgrade(Request.of("GET", bastion_host, target, {}, b""), head, far)

    threading.Thread(target=serve, daemon=True).start()
    address = f"ws://{bastion_host}/webtunnelv2/{word}?X-Node-Id={node}"
    with connect(address, sock=near, compression=None, proxy=None, open_timeout=10) as web:
        yield web


def test_it_has_a_name_in_dns_and_keeps_its_subnet_and_its_address(azure: Azure) -> None:
    assert host(azure).startswith("bst-")
    assert host(azure).endswith(".bastion.azure.com")
    assert azure.refused("DELETE", SUBNET)[0] == "InUseSubnetCannotBeDeleted"
    assert azure.refused("DELETE", ADDRESS)[0] == "PublicIPAddressCannotBeDeleted"
    azure.json("DELETE", BASTION, status=202)
    azure.json("DELETE", SUBNET)
    azure.json("DELETE", ADDRESS)


def test_a_subnet_that_is_too_small_is_refused(asked: Asked) -> None:
    azure = Azure(asked)
    azure.network()
    address = {"sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}}
    azure.json("PUT", ADDRESS, {**PLACE, **address}, 201)
    azure.json("PUT", SUBNET, {"properties": {"addressPrefix": "10.0.255.192/27"}})
    assert "/26 or larger" in azure.refused("PUT", BASTION, described())[1]


def test_a_token_leads_once_to_the_machine(azure: Azure) -> None:
    token = given(azure)
    with tunnel(azure, token["websocketToken"], token["nodeId"]) as web:
        assert web.recv() == b"SSH-2.0-test"
        web.send(b"hello")
        assert web.recv() == b"hello"
        with pytest.raises(ConnectionClosed):  # the machine has closed the connection
            web.recv()
    with pytest.raises(InvalidStatus), tunnel(azure, token["websocketToken"], token["nodeId"]):
        pass


def test_a_token_of_another_instance_or_that_was_given_back_leads_nowhere(azure: Azure) -> None:
    token = given(azure)
    with pytest.raises(InvalidStatus), tunnel(azure, token["websocketToken"], "another"):
        pass
    assert azure.asked.ask("DELETE", host(azure), f"/api/tokens/{token['authToken']}").status == 204
    assert azure.asked.ask("DELETE", host(azure), f"/api/tokens/{token['authToken']}").status == 404
    with pytest.raises(InvalidStatus), tunnel(azure, token["websocketToken"], token["nodeId"]):
        pass


def test_a_token_expires(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bastion, "TOKEN_SECONDS", -1.0)
    token = given(azure)
    with pytest.raises(InvalidStatus), tunnel(azure, token["websocketToken"], token["nodeId"]):
        pass


def test_of_a_machine_that_is_gone_or_a_port_that_is_shut_the_tunnel_ends_at_once(azure: Azure) -> None:
    shut = given(azure, port=23)
    with tunnel(azure, shut["websocketToken"], shut["nodeId"]) as web, pytest.raises(ConnectionClosed):
        web.recv()
    azure.json("POST", f"{COMPUTE}/virtualMachineScaleSets/ss/delete", {"instanceIds": ["0"]}, 202)
    until(lambda: bastion.address_of(azure.asked.cloud._store, NODE) == "")
    gone = given(azure)
    with tunnel(azure, gone["websocketToken"], gone["nodeId"]) as web, pytest.raises(ConnectionClosed):
        web.recv()


def test_who_may_not_read_the_machine_or_has_an_old_token_is_refused_in_bastions_form(azure: Azure) -> None:
    old = tokens.token("https://management.azure.com", TENANT, CLIENT, lifetime=-10)
    assert "expiry" in refused(asked_for(azure, old), 401)
    assert refused(asked_for(azure, "none"), 401)
    denied = {"denied": ["Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read"]}
    (azure.asked.folder / "conditions.json").write_text(json.dumps(denied))
    assert "does not have authorization" in refused(asked_for(azure), 403)


def test_without_tunnels_it_says_so(azure: Azure) -> None:
    azure.json("PUT", BASTION, described(enableTunneling=False), 200)
    assert refused(asked_for(azure), 400) == "Tunneling is disabled"


def refused(answer: Answer, status: int) -> str:
    assert answer.status == status, answer.body
    return str(json.loads(answer.body)["message"])
