"""What a run said beside its table, of which only as much is kept as tells why it ended.

When one rank breaks off, all others say so too, each in lines of its own: lines that differ in numbers and hosts alone
are one line here, as it was said first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEPT = 20
WARNINGS = 10
LONGEST = 500
REASONS = (
    re.compile(r"\[ERROR\]|\bFATAL\b"),
    re.compile(
        r"error while loading shared libraries|no such file or directory|command not found|permission denied", re.I
    ),
    re.compile(r"Test (?:CUDA|NCCL) failure|out of memory|segmentation fault|bus error|\bXid\b", re.I),
    re.compile(r"\berror\b|\bfailed\b|\bfailure\b|not enough slots|unable to|cannot|couldn't|can't", re.I),
    re.compile(r"\bexited\b|\bkilled\b|\baborted\b|terminat", re.I),
)
"""Words of a line that says why, the most telling first."""
TELLING = 3
"""So many of them name a cause; the others may only follow from it."""


class Said:
    """The warnings of NCCL, each once, and the first of each kind among the other lines."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self._first: dict[str, tuple[str, int]] = {}
        self._warned: set[str] = set()

    def warned(self, text: str, host: str) -> None:
        """Take a warning of NCCL's on this host."""
        line = f"{host}: {text}"[:LONGEST] if host else text[:LONGEST]
        kind = re.sub(r"(?<!\w)(?:0x[0-9a-f]+|\d+)(?!\w)", "#", line)  # another card is another warning
        if kind not in self._warned and len(self.warnings) < WARNINGS:
            self._warned.add(kind)
            self.warnings.append(line)

    def note(self, text: str, hosts: Iterable[str]) -> None:
        """Take another line."""
        line = text.strip()[:LONGEST]
        kind = _kind(line, hosts)
        first, times = self._first.get(kind, (line, 0))
        self._first[kind] = (first, times + 1)
        if len(self._first) > 4 * KEPT:
            self._forget()

    @property
    def lines(self) -> list[str]:
        """The last kinds of lines, each as it was said first, and how often."""
        kept = list(self._first.values())[-KEPT:]
        return [line + (f" (and {times - 1} more like it)" if times > 1 else "") for line, times in kept]

    @property
    def reason(self) -> str:
        """The line that says why, empty where none does."""
        return self._first_of(REASONS)

    @property
    def cause(self) -> str:
        """The same, of lines that surely name a cause: of another program's own errors, not of the launcher's."""
        return self._first_of(REASONS[:TELLING])

    def _first_of(self, reasons: Sequence[re.Pattern[str]]) -> str:
        lines = [line for line, _ in self._first.values()]
        return next((line for words in reasons for line in lines if words.search(line)), "")

    def _forget(self) -> None:
        """The oldest kind that names no reason is no longer needed."""
        kinds = list(self._first)
        told = next((k for k in kinds if not any(words.search(self._first[k][0]) for words in REASONS)), kinds[0])
        del self._first[told]


def _kind(line: str, hosts: Iterable[str]) -> str:
    for host in hosts:
        line = line.replace(host, "HOST")
    return re.sub(r"0x[0-9a-fA-F]+|\d+", "#", line)
