"""Bytes into whole lines, so that those of several hosts can be shown in between each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 64 * 1024
"""Bytes; a longer line is taken for several, so that a host without line ends needs no more memory than this."""


class Lines:
    """The lines of one stream, without their ends."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The lines that are whole now."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        yield from whole
        while len(self._rest) > LONGEST:
            piece, self._rest = self._rest[:LONGEST], self._rest[LONGEST:]
            yield piece

    def end(self) -> Iterator[bytes]:
        """What is left at the stream's end: a last line that has none."""
        if self._rest:
            yield self._rest
        self._rest = b""
