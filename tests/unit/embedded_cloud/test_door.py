"""The door leads to machines' sshd as any proxy does, and nowhere else."""

from __future__ import annotations

import http.client
import socket
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from embedded_cloud.door import Door
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.exchange import Request

SECONDS = 10


class Behind:
    """Two machines, one of which is off; `asked` are the places that clients wanted."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.machine, self.inside = socket.socketpair()

    def knows(self, host: str) -> bool:
        return False

    def answers_plainly(self, host: str) -> bool:
        return host == "plain"

    def answer(self, request: Request) -> Answer:
        return Answer.text(f"{request.host} {request.path}")

    def connection(self, host: str, port: int) -> socket.socket | None:
        self.asked.append((host, port))
        if host == "off":
            raise ConnectionRefusedError("it is off")
        return self.inside if host == "node1" else None


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def door(behind: Behind) -> Iterator[Door]:
    door = Door(("127.0.0.1", 0), cast("Any", SimpleNamespace()), cast("Any", behind))
    threading.Thread(target=door.serve_forever, args=(0.01,), daemon=True).start()
    yield door
    door.shutdown()
    door.server_close()


def connect(door: Door, place: str) -> tuple[str, socket.socket]:
    """The status line of the answer to a CONNECT, and the connection."""
    client = socket.create_connection(("127.0.0.1", door.server_port), timeout=SECONDS)
    client.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += client.recv(1)
    return head.partition(b"\r\n")[0].decode(), client


def test_bytes_go_to_the_machine_and_back_until_both_sides_have_ended(door: Door, behind: Behind) -> None:
    status, client = connect(door, "Node1:2222")
    with client, behind.machine as machine:
        machine.settimeout(SECONDS)
        assert (status, behind.asked) == ("HTTP/1.1 200 Connection established", [("node1", 2222)])
        client.sendall(b"\x00hello")
        assert machine.recv(100) == b"\x00hello"
        client.shutdown(socket.SHUT_WR)
        assert machine.recv(100) == b""
        machine.sendall(b"goodbye")
        machine.shutdown(socket.SHUT_WR)
        assert client.recv(100) == b"goodbye"
        assert client.recv(100) == b""


def test_a_machine_that_can_not_be_reached_is_a_bad_gateway(door: Door) -> None:
    status, client = connect(door, "off:22")
    client.close()
    assert status == "HTTP/1.1 502 rehearsal: off:22 can't be reached: it is off"


@pytest.mark.parametrize("place", ["elsewhere:22", "elsewhere", "[2001:db8::1]:22"])
def test_nothing_leads_out(door: Door, place: str) -> None:
    status, client = connect(door, place)
    client.close()
    assert status.startswith("HTTP/1.1 403 rehearsal: ")


@pytest.mark.parametrize(
    ("host", "status", "body"),
    [("plain", 200, b"plain /a"), ("compute.googleapis.com", 403, b"not part of the embedded cloud")],
)
def test_without_tls_only_a_host_that_is_meant_to_be_is_answered(
    door: Door, host: str, status: int, body: bytes
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", door.server_port, timeout=SECONDS)
    connection.request("GET", f"http://{host}/a")
    answer = connection.getresponse()
    assert (answer.status, body in answer.read()) == (status, True)
    connection.close()
