"""Identity-Aware Proxy's TCP relay: WebSockets that lead to a port of a machine.

The frames are those of libapps' nassh/docs/relay-protocol.md, the close codes those of IAP Desktop's
SshRelayConstants. A session outlives its WebSocket for a while: a client that comes back goes on with it.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from websockets.exceptions import InvalidHandshake

from embedded_cloud.web_socket import opened, readable

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.exchange import Request
    from embedded_cloud.web_socket import Web

HOST = "tunnel.cloudproxy.app"
PROTOCOL = "relay.tunnel.cloudproxy.app"
CONNECTED, RECONNECTED, DATA, ACK = 1, 2, 4, 7
MOST = 16 * 1024
NORMAL, UNKNOWN_SESSION, NO_BACKEND, MACHINE_ENDED, BAD_FRAME, NOT_AUTHORIZED, NOT_FOUND = (
    1000,
    4001,
    4003,
    4010,
    4007,
    4033,
    4047,
)
CONNECT_SECONDS = 5.0
KEPT_SECONDS = 60.0
"""How long a session is kept whose WebSocket has broken."""


def _new_name() -> bytes:
    return uuid.uuid4().hex.encode()


@dataclass
class Session:
    """A connection to a machine. `received` and `sent` are bytes since it began; `unheard` what the client may not have
    had."""

    machine: socket.socket
    name: bytes = field(default_factory=_new_name)
    received: int = 0
    sent: int = 0
    unheard: bytearray = field(default_factory=bytearray)


class Relays:
    """`address_of` finds the address of a project's zone's instance: empty while that is off, None where there is none.
    `refuses` says whether nobody may use the relay."""

    def __init__(self, address_of: Callable[[str, str, str], str | None], refuses: Callable[[], bool]) -> None:
        self._address_of = address_of
        self._refuses = refuses
        self._kept: dict[bytes, Session] = {}
        self._lock = threading.Lock()

    def serve(self, request: Request, head: bytes, client: socket.socket) -> None:
        """Answer a request to open a WebSocket, of which `head` are the bytes, and relay until it ends."""
        with contextlib.suppress(InvalidHandshake, OSError):
            if (web := opened(head, client, PROTOCOL)) is not None:
                self._relay(request, web)
        client.close()  # the server's part, by RFC 6455, 7.1.1

    def _relay(self, request: Request, web: Web) -> None:
        found = self._resumed(request, web) if request.path == "/v4/reconnect" else self._begun(request, web)
        if found is None:
            return
        if _carry(found, web):
            found.machine.close()
        else:
            self._keep(found)

    def _begun(self, request: Request, web: Web) -> Session | None:
        if self._refuses():
            web.close(NOT_AUTHORIZED, "not authorized")
            return None
        address = self._address_of(request.one("project"), request.one("zone"), request.one("instance"))
        if address is None:
            web.close(NOT_FOUND, "lookup failed")
            return None
        try:
            machine = socket.create_connection((address, int(request.one("port", "0"))), timeout=CONNECT_SECONDS)
        except (OSError, ValueError):
            web.close(NO_BACKEND, "failed to connect to backend")
            return None
        session = Session(machine)
        web.send(struct.pack(">HI", CONNECTED, len(session.name)) + session.name)
        return session

    def _resumed(self, request: Request, web: Web) -> Session | None:
        with self._lock:
            session = self._kept.pop(request.one("sid").encode(), None)
        if session is None:
            web.close(UNKNOWN_SESSION, "unknown session")
            return None
        heard = int(request.one("ack", "0"))
        del session.unheard[: max(0, len(session.unheard) - (session.sent - heard))]
        web.send(struct.pack(">HQ", RECONNECTED, session.received))
        for at in range(0, len(session.unheard), MOST):
            web.send(_data(bytes(session.unheard[at : at + MOST])))
        return session

    def _keep(self, session: Session) -> None:
        with self._lock:
            self._kept[session.name] = session
        timer = threading.Timer(KEPT_SECONDS, self._forget, (session,))
        timer.daemon = True
        timer.start()

    def _forget(self, session: Session) -> None:
        with self._lock:
            kept = self._kept.get(session.name) is session and self._kept.pop(session.name)
        if kept:
            session.machine.close()


def _carry(session: Session, web: Web) -> bool:
    """Carry bytes both ways. Returns True once the session has ended, False where its WebSocket alone has."""
    told = session.received
    try:
        while True:
            for ready in readable(web.client, session.machine):
                if ready is session.machine:
                    data = session.machine.recv(MOST)
                    if not data:
                        web.close(MACHINE_ENDED, "the machine closed the connection")
                        return True
                    session.sent += len(data)
                    session.unheard += data
                    web.send(_data(data))
                    continue
                for message in web.messages():
                    _take(session, message)
                if session.received != told:
                    told = session.received
                    web.send(struct.pack(">HQ", ACK, told))
    except EOFError:
        return True
    except struct.error:
        web.close(BAD_FRAME, "invalid frame")
        return True
    except OSError:
        return False


def _take(session: Session, message: bytes) -> None:
    (tag,) = struct.unpack_from(">H", message)
    if tag == DATA:
        (length,) = struct.unpack_from(">I", message, 2)
        data = message[6 : 6 + length]
        session.machine.sendall(data)
        session.received += len(data)
    elif tag == ACK:
        (heard,) = struct.unpack_from(">Q", message, 2)
        del session.unheard[: max(0, len(session.unheard) - (session.sent - heard))]


def _data(data: bytes) -> bytes:
    return struct.pack(">HI", DATA, len(data)) + data
