"""The server's end of a WebSocket, on a connection that the door has taken."""

from __future__ import annotations

import contextlib
import select
import ssl
from typing import TYPE_CHECKING

from websockets.frames import Opcode
from websockets.server import ServerProtocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

CHUNK = 64 * 1024
FAREWELL_SECONDS = 5.0


def opened(head: bytes, client: socket.socket, *subprotocols: str) -> Web | None:
    """Answer a request to open a WebSocket, of which `head` are the bytes; None where that is refused.

    Raises InvalidHandshake for what is no such request.
    """
    protocol = ServerProtocol(subprotocols=[*subprotocols] or None, max_size=None)  # type: ignore[list-item]
    protocol.receive_data(head)
    opening = next(iter(protocol.events_received()), None)
    response = protocol.accept(opening)  # type: ignore[arg-type]
    protocol.send_response(response)
    web = Web(client, protocol)
    web.flush()
    return web if response.status_code == 101 else None


class Web:
    """The server's end of a WebSocket."""

    def __init__(self, client: socket.socket, protocol: ServerProtocol) -> None:
        self.client = client
        self._protocol = protocol
        self.code: int | None = None

    def send(self, message: bytes) -> None:
        self._protocol.send_binary(message)
        self.flush()

    def close(self, code: int, reason: str) -> None:
        self._protocol.send_close(code, reason)
        self.flush()
        self.client.settimeout(FAREWELL_SECONDS)
        with contextlib.suppress(OSError, EOFError):  # until the other side has said farewell, too
            while True:
                for _ in self.messages():
                    pass

    def flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self.client.sendall(data)

    def messages(self) -> Iterator[bytes]:
        """What has come in; raises ConnectionError where the connection broke, and EOFError where it was closed."""
        data = self.client.recv(CHUNK)
        if not data:
            raise ConnectionError
        self._protocol.receive_data(data)
        self.flush()
        for event in self._protocol.events_received():
            opcode = getattr(event, "opcode", None)
            if opcode is Opcode.CLOSE:
                raise EOFError
            if opcode is Opcode.BINARY:
                yield bytes(event.data)  # type: ignore[union-attr]


def readable(*sockets: socket.socket) -> list[socket.socket]:
    """Those that can be read from; TLS may have decrypted more than was asked for."""
    pending: list[socket.socket] = [each for each in sockets if isinstance(each, ssl.SSLSocket) and each.pending()]
    return pending or select.select(sockets, (), ())[0]
