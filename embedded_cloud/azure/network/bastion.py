"""Azure Bastion's data plane: tokens, and WebSockets that lead to a port of a machine.

As the Azure CLI's extension speaks to it (github.com/Azure/azure-cli-extensions, src/bastion/azext_bastion/tunnel.py,
read 2026-12-01): a form for a token, `{"authToken", "nodeId", "websocketToken"}` for an answer, `{"message"}` for a
refusal. Of the refusals' words only "Tunneling is disabled" is known. A token holds for three minutes and for one
connection; of a machine that is off, the WebSocket ends at once.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from websockets.exceptions import InvalidHandshake

from embedded_cloud.azure.access.actions import check_allowed
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.call import Call
from embedded_cloud.azure.compute.scale_sets import RUNNING, STATE
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.ids import parse
from embedded_cloud.azure.references import everything, find
from embedded_cloud.azure.service import check_caller
from embedded_cloud.exchange import Answer
from embedded_cloud.web_socket import opened, readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.azure.call import Context
    from embedded_cloud.exchange import Request
    from embedded_cloud.store import Body, Store
    from embedded_cloud.web_socket import Web

SUFFIX = ".bastion.azure.com"
KIND = "Microsoft.Network/bastionHosts"
TOKEN_SECONDS = 180.0
CONNECT_SECONDS = 5.0
CHUNK = 16 * 1024
NORMAL = 1000


def _new_word() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Token:
    """One connection to `target`, Azure's id of a machine, and its port, through the Bastion at `host`."""

    host: str
    target: str
    port: int
    until: float
    auth: str = field(default_factory=_new_word)
    web: str = field(default_factory=_new_word)
    node: str = field(default_factory=_new_word)


class Bastions:
    """`reached` says where the port of a machine with a private address really answers, None where it doesn't."""

    def __init__(self, context: Context, reached: Callable[[str, int], tuple[str, int] | None]) -> None:
        self._context = context
        self._reached = reached
        self._tokens: dict[str, Token] = {}
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """The answer about a token."""
        bastion = self._at(request.host)
        if bastion is None:
            return _refused(404, "There is no such Bastion.")
        if request.method == "POST" and request.segments == ["api", "tokens"]:
            return self._given(request, bastion)
        if request.method == "DELETE" and request.segments[:2] == ["api", "tokens"] and len(request.segments) == 3:
            return Answer(204 if self._taken(lambda token: token.auth == request.segments[2]) else 404)
        return _refused(501, "the embedded cloud of this rehearsal does not know that of Bastion")

    def serve(self, request: Request, head: bytes, client: socket.socket) -> None:
        """Answer a request to open a WebSocket, of which `head` are the bytes, and carry bytes until it ends."""
        with contextlib.suppress(InvalidHandshake, OSError):
            token = self._of(request)
            if token is None:
                client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            elif (web := opened(head, client)) is not None:
                self._lead(token, web)
        client.close()

    def _given(self, request: Request, bastion: Body) -> Answer:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        target, port = form.get("resourceId", ""), form.get("workloadHostPort", "")
        if form.get("protocol") != "tcptunnel" or not target.startswith("/subscriptions/") or not port.isdecimal():
            return _refused(400, "The request is invalid.")
        if not read(bastion, "properties.enableTunneling"):
            return _refused(400, "Tunneling is disabled")
        try:
            self._check(request, form.get("aztoken", ""), (target, bastion["id"]))
        except ArmError as refused:
            return _refused(refused.status, refused.message)
        token = Token(request.host, target, int(port), time.monotonic() + TOKEN_SECONDS)
        with self._lock:
            self._tokens[token.auth] = token
        return Answer.json({"authToken": token.auth, "nodeId": token.node, "websocketToken": token.web})

    def _check(self, request: Request, access_token: str, scopes: tuple[str, ...]) -> None:
        """Raise ArmError where the access token is none that holds, or may not read the machine and the Bastion."""
        asked = replace(request, method="GET", headers={"authorization": f"Bearer {access_token}"})
        check_caller(asked)
        for scope in scopes:
            check_allowed(Call(self._context, asked, parse(scope), {}))

    def _of(self, request: Request) -> Token | None:
        """The token that a WebSocket's address names, by either of its words; it is used once."""
        if request.segments[:1] != ["webtunnelv2"] or len(request.segments) != 2:
            return None
        word, node = request.segments[1], request.one("X-Node-Id")
        return self._taken(lambda token: word in (token.web, token.auth) and node == token.node, request.host)

    def _taken(self, is_meant: Callable[[Token], bool], host: str = "") -> Token | None:
        with self._lock:
            now = time.monotonic()
            self._tokens = {auth: token for auth, token in self._tokens.items() if token.until > now}
            found = next((each for each in self._tokens.values() if is_meant(each)), None)
            if found is None or (host and found.host != host):
                return None
            return self._tokens.pop(found.auth)

    def _lead(self, token: Token, web: Web) -> None:
        with self._context.store.lock:
            address = address_of(self._context.store, token.target)
        place = self._reached(address, token.port) if address else None
        try:
            if place is None:
                raise ConnectionRefusedError
            machine = socket.create_connection(place, timeout=CONNECT_SECONDS)
        except OSError:
            web.close(NORMAL, "")
            return
        with machine:
            _carry(machine, web)

    def _at(self, host: str) -> Body | None:
        with self._context.store.lock:
            every = (each for each in everything(self._context.store) if each["type"] == KIND)
            return next((each for each in every if read(each, "properties.dnsName") == host), None)


def address_of(store: Store, path: str) -> str:
    """The private address of the machine with this id; empty while it doesn't run, and where there is none."""
    machine = find(store, path)
    if machine is None or machine.get(STATE) != RUNNING:
        return ""
    for named in read(machine, "properties.networkProfile.networkInterfaces") or ():
        nic = find(store, named["id"])
        if nic is not None:
            return str(read(nic, "properties.ipConfigurations")[0]["properties"].get("privateIPAddress") or "")
    return ""


def _carry(machine: socket.socket, web: Web) -> None:
    """Carry bytes both ways until one side ends."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            for ready in readable(web.client, machine):
                if ready is machine:
                    data = machine.recv(CHUNK)
                    if not data:
                        web.close(NORMAL, "")
                        return
                    web.send(data)
                    continue
                for message in web.messages():
                    machine.sendall(message)


def _refused(status: int, message: str) -> Answer:
    return Answer.json({"message": message}, status)
