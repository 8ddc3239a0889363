"""Forwards bytes between two connections, in both directions at once."""

from __future__ import annotations

import contextlib
import socket
import threading

CHUNK = 64 * 1024


def forward(one: socket.socket, other: socket.socket) -> None:
    """Return once both sides have closed. The end of what one sends is passed on, and the other may go on sending."""
    for side in (one, other):
        side.settimeout(None)
    back = threading.Thread(target=_pass_on, args=(other, one), daemon=True)
    back.start()
    _pass_on(one, other)
    back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
