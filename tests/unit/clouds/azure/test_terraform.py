"""The loopback endpoint that gives Terraform its tokens: whatever asks there, a user sees nothing of it."""

from __future__ import annotations

import http.client
import json
import socket
import struct
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from cluster_provision.clouds.azure.credentials import Credentials, SignInSettings
from cluster_provision.clouds.azure.terraform import terraform_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult


class Held:
    """Credentials that give a token once they may."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.may.set()

    def get_token(self, scope: str) -> SimpleNamespace:
        self.may.wait(10)
        return SimpleNamespace(token=f"token for {scope}", expires_on=int(time.time()) + 3600)


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def endpoint(held: Held) -> Iterator[SplitResult]:
    found = Credentials("device code", SignInSettings(tenant="t"), held, "signed in with a code")  # type: ignore[arg-type]
    with terraform_credentials(found, "11111111-2222-3333-4444-555555555555") as variables:
        yield urlsplit(variables["ARM_MSI_ENDPOINT"])


def ask(endpoint: SplitResult, path: str) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection(str(endpoint.hostname), endpoint.port or 0, timeout=10)
    connection.request("GET", f"{path}?resource=https://management.azure.com/", headers={"Metadata": "true"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_a_caller_that_knows_the_address_gets_a_token(endpoint: SplitResult) -> None:
    status, told = ask(endpoint, endpoint.path)
    assert status == 200
    assert told["access_token"] == "token for https://management.azure.com/.default"


def test_a_terraform_that_is_stopped_while_it_asks_leaves_no_traceback(
    endpoint: SplitResult, held: Held, capfd: pytest.CaptureFixture[str]
) -> None:
    before = set(threading.enumerate())
    held.may.clear()
    with socket.create_connection((str(endpoint.hostname), endpoint.port or 0), timeout=10) as asking:
        asking.sendall(f"GET {endpoint.path}?resource=x HTTP/1.1\r\nMetadata: true\r\n\r\n".encode())
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, as a kill leaves it
    held.may.set()
    assert ask(endpoint, endpoint.path)[0] == 200
    for answering in set(threading.enumerate()) - before:
        answering.join(10)
    assert capfd.readouterr().err == ""


def test_a_path_that_is_no_ascii_is_not_found(endpoint: SplitResult) -> None:
    with socket.create_connection((str(endpoint.hostname), endpoint.port or 0), timeout=10) as asking:
        asking.sendall(b"GET /\xe9/token?resource=x HTTP/1.1\r\nMetadata: true\r\n\r\n")
        assert asking.recv(100).startswith(b"HTTP/1.1 404")
