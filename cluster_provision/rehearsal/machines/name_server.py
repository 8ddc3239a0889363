"""The name server that machines ask for names which are not theirs: there is no such name, it says, at once.

Without it a client that looks up a name of the outside world waits some twenty seconds for nothing. The machines' own
names are the container engine's affair, and whoever goes through the door looks up no name.
"""

from __future__ import annotations

import struct
from socketserver import BaseRequestHandler, UDPServer

HEADER_BYTES = 12
# RFC 1035, 4.1.1: a response, recursion desired and available, code 3 (there is no such name).
NO_SUCH_NAME = 0x8183


class NameServer(UDPServer):
    """Listens at `address`."""

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, Question)


class Question(BaseRequestHandler):
    def handle(self) -> None:
        data, socket = self.request
        if answer := refusal(data):
            socket.sendto(answer, self.client_address)


def refusal(query: bytes) -> bytes:
    """The answer to a query of one question: the question again, and no such name; nothing for what isn't a query."""
    name_ends = query.find(b"\0", HEADER_BYTES)
    if name_ends < 0:
        return b""
    question = query[HEADER_BYTES : name_ends + 5]  # the name, its type and its class
    return query[:2] + struct.pack(">5H", NO_SUCH_NAME, 1, 0, 0, 0) + question
