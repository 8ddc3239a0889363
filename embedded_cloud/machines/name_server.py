"""The name server of machines: it finds machines of the same network, and refuses every other name at once.

Without it a client that looks up a name of the outside world waits some twenty seconds for nothing. The names of
Google's machines are the container engine's affair; those of Azure's are known within their network alone, so this
server tells them, to whom it may. Whoever goes through the door looks up no name.
"""

from __future__ import annotations

import ipaddress
import struct
from socketserver import BaseRequestHandler, UDPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER_BYTES = 12
# RFC 1035, 4.1.1: a response, recursion desired and available, code 3 (there is no such name) or 0.
NO_SUCH_NAME = 0x8183
FOUND = 0x8180
ADDRESS_TYPE, INTERNET = 1, 1
TO_THE_QUESTION = 0xC000 | HEADER_BYTES  # RFC 1035, 4.1.4: the name stands where the question has it
SECONDS = 5


def no_names(asker: str, name: str) -> str | None:
    """The lookup of a server that knows no name."""
    return None


class NameServer(UDPServer):
    """Listens at `address`; `known` returns the address of a name, for a machine with the asker's address."""

    def __init__(self, address: tuple[str, int], known: Callable[[str, str], str | None] = no_names) -> None:
        super().__init__(address, Question)
        self.known = known


class Question(BaseRequestHandler):
    server: NameServer

    def handle(self) -> None:
        data, socket = self.request
        name = name_in(data)
        address = self.server.known(self.client_address[0], name) if name else None
        if answer := address_answer(data, address) if address else refusal(data):
            socket.sendto(answer, self.client_address)


def name_in(query: bytes) -> str:
    """The name in a query of one question; empty for what is no query."""
    labels, at = [], HEADER_BYTES
    while at < len(query) and (length := query[at]):
        if length > 63:  # RFC 1035, 2.3.4
            return ""
        labels.append(query[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels) if at < len(query) else ""


def address_answer(query: bytes, address: str) -> bytes:
    """The answer that the name has this IPv4 address; of another kind of address, that it has none."""
    question = _question(query)
    if struct.unpack(">2H", question[-4:]) != (ADDRESS_TYPE, INTERNET):
        return query[:2] + struct.pack(">5H", FOUND, 1, 0, 0, 0) + question
    record = struct.pack(">3HIH", TO_THE_QUESTION, ADDRESS_TYPE, INTERNET, SECONDS, 4)
    record += ipaddress.IPv4Address(address).packed
    return query[:2] + struct.pack(">5H", FOUND, 1, 1, 0, 0) + question + record


def refusal(query: bytes) -> bytes:
    """The answer to a query of one question: the question again, and no such name; nothing for what isn't a query."""
    question = _question(query)
    return query[:2] + struct.pack(">5H", NO_SUCH_NAME, 1, 0, 0, 0) + question if question else b""


def _question(query: bytes) -> bytes:
    """The name, its type and its class."""
    name_ends = query.find(b"\0", HEADER_BYTES)
    return query[HEADER_BYTES : name_ends + 5] if name_ends >= 0 else b""
