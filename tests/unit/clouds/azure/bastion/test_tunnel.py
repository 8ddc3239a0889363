"""Bytes reach a machine's port through Azure Bastion and come back, whatever its gateways leave out or break.

The other end is a door with TLS, and behind it a gateway that answers as each test says.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import threading
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs

import pytest

from cluster_provision.clouds.azure.bastion import tunnel as client
from cluster_provision.clouds.azure.bastion.tokens import Target, Tokens
from cluster_provision.errors import (
    CredentialsError,
    NotReady,
    PermissionDenied,
    ProvisionError,
    Refused,
    Unreachable,
)
from embedded_cloud.authority import Authority
from embedded_cloud.door import Door
from embedded_cloud.exchange import Answer
from embedded_cloud.web_socket import opened, readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.exchange import Request

SECONDS = 20
HOST = "bst-1.bastion.azure.com"
GREETING = b"SSH-2.0-test\r\n"
LONG = os.urandom(1_000_000)
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/demo-login-1"
TARGET = Target("demo-login-1", ID, 22)
BARE = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


class Gateway:
    """`ways` is what becomes of each WebSocket in turn, the last of all that follow; `refusal` an answer in a token's
    place. `forms` are those that asked for tokens, `paths` those of WebSockets, `ended` the tokens that were given
    back."""

    def __init__(self) -> None:
        self.ways = ["good"]
        self.refusal: tuple[int, bytes] | None = None
        self.forms: list[dict[str, list[str]]] = []
        self.paths: list[str] = []
        self.ended: list[str] = []

    def knows(self, host: str) -> bool:
        return host == HOST

    def connection(self, host: str, port: int) -> None:
        return None

    def answer(self, request: Request) -> Answer:
        if request.method == "DELETE":
            self.ended.append(f"{request.segments[-1]} {request.headers['x-node-id']}")
            return Answer(404)
        if self.refusal is not None:
            return Answer(self.refusal[0], self.refusal[1])
        self.forms.append(parse_qs(request.body.decode()))
        number = len(self.forms)
        return Answer.json({"authToken": f"auth{number}", "websocketToken": f"web{number}", "nodeId": f"node{number}"})

    def upgrade(self, request: Request, head: bytes, visitor: socket.socket) -> Answer | None:
        self.paths.append(request.target)
        way = self.ways.pop(0) if len(self.ways) > 1 else self.ways[0]
        with contextlib.suppress(OSError, EOFError):
            if way == "refused":
                return Answer.text("no", 404)
            if way == "bare":  # no header at all, and a reserved bit that nobody has agreed on
                visitor.sendall(BARE + bytes([0b11000010, len(GREETING)]) + GREETING)
                visitor.recv(100)
            elif way == "html":
                visitor.sendall(BARE + b"HTTP/1.1 400 Bad Request\r\n\r\n<html>Bad Request</html>")
            elif way == "ends" and (web := opened(head, visitor)):
                web.close(1000, "")
            elif way == "silent":
                opened(head, visitor)
                visitor.recv(100)
            elif way == "good" and (web := opened(head, visitor)):
                web.send(GREETING)
                while True:
                    for _ in readable(visitor):
                        for message in web.messages():
                            web.send(message)
        visitor.close()
        return None


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def gateway(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    gateway = Gateway()
    door = Door(("127.0.0.1", 0), authority, cast("Any", gateway))
    threading.Thread(target=door.serve_forever, args=(0.01,), daemon=True).start()
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{door.server_port}")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority.ca_file))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(client, "LONGEST_PAUSE", 0.001)
    yield gateway
    door.shutdown()
    door.server_close()


async def said_back(what: bytes) -> bytes:
    """What the machine says first, and back."""
    link = await client.Tunnel(Tokens(HOST, lambda: "secret"), TARGET).open()
    loop = asyncio.get_running_loop()
    sending = loop.create_task(loop.sock_sendall(link, what))
    heard = b""
    async with asyncio.timeout(SECONDS):
        while len(heard) < len(GREETING) + len(what):
            if not (said := await loop.sock_recv(link, 65536)):
                break
            heard += said
        await sending
    link.close()
    return heard


def refused() -> ProvisionError:
    with pytest.raises(ProvisionError) as caught:
        asyncio.run(said_back(b"x"))
    return caught.value


def test_millions_of_bytes_arrive_in_order_by_a_token_that_is_given_back(gateway: Gateway) -> None:
    assert asyncio.run(said_back(LONG)) == GREETING + LONG
    assert gateway.forms == [
        {"resourceId": [ID], "protocol": ["tcptunnel"], "workloadHostPort": ["22"], "aztoken": ["secret"]}
    ]
    assert gateway.paths == ["/webtunnelv2/web1?X-Node-Id=node1"]
    assert gateway.ended == ["auth1 node1"]


def test_an_answer_without_headers_and_frames_with_odd_bits_will_do(gateway: Gateway) -> None:
    gateway.ways = ["bare"]
    assert asyncio.run(said_back(b"")) == GREETING


@pytest.mark.parametrize("broken", ["html", "ends", "silent"])
def test_a_gateway_that_leads_nowhere_is_asked_again_with_another_token(
    gateway: Gateway, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "FIRST_WORD_SECONDS", 0.2 if broken == "silent" else SECONDS)
    gateway.ways = [broken, broken, "good"]
    assert asyncio.run(said_back(b"x")) == GREETING + b"x"
    assert [each.split("?")[0] for each in gateway.paths] == [f"/webtunnelv2/web{n}" for n in (1, 2, 3)]
    assert gateway.ended == ["auth1 node1", "auth2 node2", "auth3 node3"]


def test_a_gateway_that_knows_a_token_by_its_other_word_is_asked_by_that(gateway: Gateway) -> None:
    gateway.ways = ["refused", "good"]
    asyncio.run(said_back(b"x"))
    assert [each.split("?")[0] for each in gateway.paths] == ["/webtunnelv2/web1", "/webtunnelv2/auth2"]


def test_a_machine_that_never_answers_is_told_after_several_tries(gateway: Gateway) -> None:
    gateway.ways = ["ends"]
    error = refused()
    assert isinstance(error, NotReady)
    assert "nothing answers on port 22 of demo-login-1 behind Azure Bastion" in error.message
    assert len(gateway.paths) == client.TRIES


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Refused), (401, CredentialsError), (403, PermissionDenied), (404, NotReady), (503, Unreachable)],
)
def test_a_refusal_has_its_own_class_and_bastions_words(
    gateway: Gateway, status: int, error: type[ProvisionError]
) -> None:
    gateway.refusal = (status, json.dumps({"message": "Tunneling is disabled"}).encode())
    failure = refused()
    assert type(failure) is error
    assert "Tunneling is disabled" in failure.message
    assert "secret" not in f"{failure.message}{failure.advice}"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"nodeId": "n"}'])
def test_an_answer_that_holds_no_token_is_no_bastions(gateway: Gateway, body: bytes) -> None:
    gateway.refusal = (200, body)
    assert isinstance(refused(), Unreachable)


def test_a_bastion_that_can_not_be_reached_is_unreachable(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    assert isinstance(refused(), Unreachable)
