"""The frames of Identity-Aware Proxy's relay: one in each binary message of its WebSocket, big endian.

The protocol's own text is libapps' nassh/docs/relay-protocol.md; that gcloud and IAP Desktop speak it so was looked up
in November 2026.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

CONNECTED, RECONNECTED, DATA, ACK, LONG_CLOSE = 1, 2, 4, 7, 10
"""The tags in use. Others are deprecated, or to come, and are passed over."""

MOST = 16 * 1024
"""Bytes of data in a frame; peers may refuse a longer one."""


class BrokenFrame(Exception):
    """A message that is no frame."""


@dataclass(frozen=True)
class Frame:
    """What a message says: a session's id in `payload` (CONNECTED), bytes (DATA), or in `number` how many bytes the
    other side has had since the session began (ACK, RECONNECTED), or a close code (LONG_CLOSE, its reason in
    `payload`)."""

    tag: int
    payload: bytes = b""
    number: int = 0


def data_frame(payload: bytes) -> bytes:
    """At most MOST bytes of data."""
    return struct.pack(">HI", DATA, len(payload)) + payload


def ack_frame(total: int) -> bytes:
    """So many bytes of data have arrived since the session began."""
    return struct.pack(">HQ", ACK, total)


def read_frame(message: bytes) -> Frame:
    """Read a message; what stands behind the frame is dropped. Raises BrokenFrame."""
    try:
        (tag,) = struct.unpack_from(">H", message)
        if tag in (CONNECTED, DATA):
            return Frame(tag, _text(message, 2))
        if tag in (RECONNECTED, ACK):
            return Frame(tag, number=struct.unpack_from(">Q", message, 2)[0])
        if tag == LONG_CLOSE:
            return Frame(tag, _text(message, 6), struct.unpack_from(">I", message, 2)[0])
    except struct.error as failure:
        raise BrokenFrame(f"a frame of {len(message)} bytes is cut off") from failure
    return Frame(tag)


def _text(message: bytes, at: int) -> bytes:
    (length,) = struct.unpack_from(">I", message, at)
    found = message[at + 4 : at + 4 + length]
    if len(found) < length:
        raise BrokenFrame(f"a frame says that it has {length} bytes, and has {len(found)}")
    return found
