"""Splits bytes into whole lines, so that lines of several hosts can be mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 64 * 1024
"""Bytes; a longer line is split, so that a host without line ends needs no more memory than this."""


class Lines:
    """The lines of one stream, without their ends."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the lines that are complete now."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        yield from whole
        while len(self._rest) > LONGEST:
            piece, self._rest = self._rest[:LONGEST], self._rest[LONGEST:]
            yield piece

    def end(self) -> Iterator[bytes]:
        """Yield a last line without an end, if there is one."""
        if self._rest:
            yield self._rest
        self._rest = b""
