"""The client's end of Bastion's WebSockets, whose servers leave out what RFC 6455 wants.

Of the answer to the opening only the status 101 is sure: Sec-WebSocket-Accept, Upgrade and Connection are missing at
times, and bits that nobody has agreed on are set in frames (reports of three clients, read 2026-11-30:
github.com/Azure/azure-cli-extensions/issues/9806, github.com/edwardsp/azcluster, AGENTS.md). TLS has shown who answers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.extensions import Extension
from websockets.typing import ExtensionName

if TYPE_CHECKING:
    from websockets.frames import Frame
    from websockets.http11 import Response


class AnyBits(Extension):
    """Takes frames whatever their reserved bits."""

    name = ExtensionName("any-bits")

    def decode(self, frame: Frame, *, max_size: int | None = None) -> Frame:
        return replace(frame, rsv1=False, rsv2=False, rsv3=False)

    def encode(self, frame: Frame) -> Frame:
        return frame


class LenientProtocol(ClientProtocol):
    """Takes any answer with status 101."""

    def process_response(self, response: Response) -> None:
        if response.status_code != 101:
            raise InvalidStatus(response)
        self.extensions = [AnyBits()]


class LenientConnection(ClientConnection):
    """A connection by that protocol, in the place of the one that it is made for."""

    def __init__(self, protocol: ClientProtocol, **given: Any) -> None:
        super().__init__(LenientProtocol(protocol.uri, max_size=None, logger=protocol.logger), **given)
