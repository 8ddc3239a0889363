"""A connection through an HTTP proxy, by its method CONNECT (RFC 9110, section 9.3.6)."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import urlsplit

MOST_OF_AN_ANSWER = 16 * 1024
END = b"\r\n\r\n"


async def connected(proxy: str, address: str, port: int) -> socket.socket:
    """A socket that leads to `address` and `port` through `proxy` (`http://host:port`).

    Raises OSError where the proxy doesn't answer, or refuses, with the first line of its answer.
    """
    parts = urlsplit(proxy)
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    family, kind, protocol, _, place = found[0]
    link = socket.socket(family, kind, protocol)
    try:
        link.setblocking(False)
        await loop.sock_connect(link, place)
        await loop.sock_sendall(link, _request(address, port))
        first = (await _answer(link)).partition(b"\r\n")[0].decode("latin-1").strip()
        if first.split(" ", 2)[1:2] != ["200"]:
            raise OSError(f"the proxy {parts.hostname} refuses: {first or 'it hung up'}")
    except BaseException:
        link.close()
        raise
    return link


def _request(address: str, port: int) -> bytes:
    where = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return f"CONNECT {where} HTTP/1.1\r\nHost: {where}".encode() + END


async def _answer(link: socket.socket) -> bytes:
    """The answer's head, byte by byte: what follows it is the other side's first word, which isn't ours to read."""
    loop = asyncio.get_running_loop()
    read = b""
    while not read.endswith(END) and len(read) < MOST_OF_AN_ANSWER:
        one = await loop.sock_recv(link, 1)
        if not one:
            break
        read += one
    return read
