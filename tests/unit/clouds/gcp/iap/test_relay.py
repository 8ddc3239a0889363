"""Bytes reach a machine's port through the relay and come back, whatever happens to the WebSocket between.

The other end is the embedded cloud's: a door with TLS, and behind it a made-up machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import threading
from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.clouds.gcp.iap import relay as client
from cluster_provision.errors import CredentialsError, NotReady, PermissionDenied, ProvisionError, Unreachable
from embedded_cloud.authority import Authority
from embedded_cloud.door import Door
from embedded_cloud.exchange import Answer
from embedded_cloud.google.relay import HOST, Relays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.exchange import Request

SECONDS = 20
LONG = os.urandom(3_000_000)


class Machine:
    """A server that says everything back until the other side has ended; `met` are its connections."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.met: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                self.met.append(connection)
                threading.Thread(target=self._echo, args=(connection,), daemon=True).start()

    def _echo(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := connection.recv(65536):
                connection.sendall(said)


class Behind:
    """The relay's own cloud. `status` is an HTTP answer in its place; `tokens` are those that clients brought."""

    def __init__(self) -> None:
        self.address: str | None = "127.0.0.1"
        self.denied = False
        self.status = 0
        self.tokens: list[str] = []
        self.visits: list[socket.socket] = []
        self.relays = Relays(lambda project, zone, name: self.address, lambda: self.denied)

    def knows(self, host: str) -> bool:
        return host == HOST

    def connection(self, host: str, port: int) -> None:
        return None

    def upgrade(self, request: Request, head: bytes, visitor: socket.socket) -> Answer | None:
        self.tokens.append(request.headers.get("authorization", ""))
        self.visits.append(visitor)
        if self.status:
            return Answer.text("no", self.status)
        self.relays.serve(request, head, visitor)
        return None


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def behind(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Behind]:
    behind = Behind()
    door = Door(("127.0.0.1", 0), authority, cast("Any", behind))
    threading.Thread(target=door.serve_forever, args=(0.01,), daemon=True).start()
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{door.server_port}")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    yield behind
    door.shutdown()
    door.server_close()


@pytest.fixture
def machine() -> Iterator[Machine]:
    machine = Machine()
    yield machine
    machine.listening.close()


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.001)


INSTANCE = client.Instance("my-project", "us-central1-a", "demo-controller")


async def said_back(port: int, what: bytes, break_after: int = 0, behind: Behind | None = None) -> bytes:
    """What the machine says back; the WebSocket is broken once so many bytes have come."""
    link = await client.Relay(INSTANCE, port, lambda: "token").open()
    loop = asyncio.get_running_loop()
    sending = loop.create_task(loop.sock_sendall(link, what))
    heard = b""
    async with asyncio.timeout(SECONDS):
        while len(heard) < len(what):
            heard += await loop.sock_recv(link, 65536)
            if break_after and behind and len(heard) >= break_after:
                break_after = 0
                behind.visits[0].shutdown(socket.SHUT_RDWR)
        await sending
    link.close()
    return heard


def test_bytes_go_to_the_machine_and_back(behind: Behind, machine: Machine) -> None:
    assert asyncio.run(said_back(machine.port, b"SSH-2.0-test\r\n")) == b"SSH-2.0-test\r\n"
    assert behind.tokens == ["Bearer token"]


def test_millions_of_bytes_arrive_in_order(behind: Behind, machine: Machine) -> None:
    assert asyncio.run(said_back(machine.port, LONG)) == LONG


def test_a_session_outlives_its_web_socket(behind: Behind, machine: Machine) -> None:
    assert asyncio.run(said_back(machine.port, LONG, 500_000, behind)) == LONG
    assert len(behind.visits) == 2
    assert len(machine.met) == 1


def test_what_is_said_while_the_session_is_taken_up_again_follows_in_its_order(
    behind: Behind, machine: Machine
) -> None:
    relay = client.Relay(INSTANCE, machine.port, lambda: "token")
    sent: list[bytes] = []

    class Web:
        """Another one is appended while the first is sent again."""

        async def recv(self) -> bytes:
            return struct.pack(">HQ", 2, 0)

        async def send(self, message: bytes) -> None:
            sent.append(message[6:])
            if len(sent) == 1:
                relay._unsent.append(b"second")

    relay._unsent.append(b"first")
    asyncio.run(relay._welcomed(cast("Any", Web())))
    assert sent == [b"first", b"second"]


def test_the_machines_end_is_this_sides_end(behind: Behind, machine: Machine) -> None:
    async def ended() -> bytes:
        link = await client.Relay(INSTANCE, machine.port, lambda: "token").open()
        while not machine.met:
            await asyncio.sleep(0.001)
        machine.met[0].shutdown(socket.SHUT_RDWR)
        async with asyncio.timeout(SECONDS):
            return await asyncio.get_running_loop().sock_recv(link, 10)

    assert asyncio.run(ended()) == b""


def refused(port: int) -> ProvisionError:
    with pytest.raises(ProvisionError) as caught:
        asyncio.run(said_back(port, b"x"))
    return caught.value


def test_who_may_not_use_the_relay_is_told_the_role(behind: Behind, machine: Machine) -> None:
    behind.denied = True
    error = refused(machine.port)
    assert isinstance(error, PermissionDenied)
    assert "roles/iap.tunnelResourceAccessor" in error.advice


def test_a_port_that_nothing_listens_on_is_told(behind: Behind) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    error = refused(port)
    assert isinstance(error, NotReady)
    assert f"nothing answers on port {port} of demo-controller" in error.message


def test_a_machine_that_is_not_there_is_told(behind: Behind, machine: Machine) -> None:
    behind.address = None
    assert "finds no machine demo-controller" in refused(machine.port).message


@pytest.mark.parametrize(
    ("status", "error"), [(401, CredentialsError), (403, PermissionDenied), (404, NotReady), (502, Unreachable)]
)
def test_an_http_answer_has_its_own_class(
    behind: Behind, machine: Machine, status: int, error: type[ProvisionError]
) -> None:
    behind.status = status
    assert type(refused(machine.port)) is error


def test_a_machine_that_starts_is_tried_again(
    behind: Behind, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.001)
    behind.address = None
    waits = iter([None, None, "127.0.0.1"])
    behind.relays = Relays(lambda *_: next(waits), lambda: False)

    async def opened() -> None:
        link = await client.Relay(INSTANCE, machine.port, lambda: "token").open(patience=SECONDS)
        link.close()

    asyncio.run(opened())
    assert len(behind.visits) == 3


def test_a_relay_that_can_not_be_reached_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
    assert isinstance(refused(22), Unreachable)
