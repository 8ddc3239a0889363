"""The rows of all_reduce_perf: read wherever they begin in a line, and put together where they were broken.

The program prints a row in three pieces, before and after each of its two measurements. NCCL writes into the same
stream, and connects algorithms when they are first used: so a row may stand behind a message, or go on some lines on.

    536870912     134217728     float     sum      -1   8388.6   64.00  120.00      0   8388.6   64.00  120.00      0

Forms: github.com/NVIDIA/nccl-tests, src/common.cu, all_reduce.cu and util.cu at v2.0.0 to v2.19.6 (to v2.11 there is no
`root`, and an `error` in the place of `#wrong`; read 2026-11-30); broken rows as in github.com/NVIDIA/nccl/issues/1453.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from math import isfinite

from cluster_provision.result import BenchmarkRow

SIZES = {
    **dict.fromkeys(("int8", "uint8", "char", "fp8_e4m3", "fp8_e5m2", "f8e4m3", "f8e5m2"), 1),
    **dict.fromkeys(("half", "bfloat16"), 2),
    **dict.fromkeys(("float", "int32", "uint32", "int"), 4),
    **dict.fromkeys(("double", "int64", "uint64"), 8),
}
"""Bytes of an element, by the name of its type. In an all-reduce a row's bytes are its elements times this."""

OPERATIONS = ("sum", "prod", "max", "min", "avg", "mulsum", "all")
NUMBER = r"[-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|nan|inf)"
HEAD = re.compile(
    rf"(?<![\w.])(\d+)[ \t]+(\d+)[ \t]+({'|'.join(SIZES)})[ \t]+({'|'.join(OPERATIONS)})"
    r"(?:[ \t]+(-1))?"
)
QUAD = re.compile(rf"[ \t]*({NUMBER})[ \t]+({NUMBER})[ \t]+({NUMBER})[ \t]+(N/A|{NUMBER})(?![-+.\d])")


@dataclass
class _Begun:
    """A row in the making: `old` where it has an error instead of a count of wrong values."""

    size: int
    old: bool
    quads: list[tuple[str, ...]] = field(default_factory=list)


class Rows:
    """Fed with lines; `read` are the rows, each with the tag of the process that printed it.

    `unread` are the sizes of rows that began and could not be read."""

    def __init__(self) -> None:
        self.read: list[tuple[str, BenchmarkRow]] = []
        self.by_error: list[int] = []
        """Which of `read` have an error, within bounds or not, and no count of wrong values."""
        self._begun: dict[str, _Begun] = {}
        self._lost: list[int] = []

    @property
    def unread(self) -> list[int]:
        """The sizes of the rows of which something is missing, those in the making among them."""
        return [*self._lost, *(begun.size for begun in self._begun.values())]

    @property
    def in_the_making(self) -> list[int]:
        """The sizes of the rows that have begun and not ended."""
        return [begun.size for begun in self._begun.values()]

    def feed(self, tag: str, text: str) -> tuple[str, ...]:
        """Take a line of a process, and give back what of it belongs to no row."""
        head = HEAD.search(text) if any(f" {each}" in text for each in OPERATIONS) else None
        if head is None:
            begun = self._begun.get(tag)
            quad = QUAD.match(text) if begun else None
            return (self._go_on(tag, text),) if quad else (text,)
        if tag in self._begun:
            self._lost.append(self._begun.pop(tag).size)
        size, count, kind = int(head[1]), int(head[2]), head[3]
        if size != count * SIZES[kind]:
            self._lost.append(size)  # digits are missing from one of them
            return (text[: head.start()],)
        self._begun[tag] = _Begun(size, old=head[5] is None)
        rest = text[head.end() :]
        return (text[: head.start()], self._go_on(tag, rest) if rest[:1].isspace() else rest)

    def settle(self, out_of_bounds: int) -> None:
        """Take the program's own count at its end: where it is none, no row that has an error has a wrong value."""
        for index in self.by_error if out_of_bounds == 0 else ():
            tag, row = self.read[index]
            self.read[index] = (tag, replace(row, wrong=0, in_place_wrong=0))

    def _go_on(self, tag: str, text: str) -> str:
        begun = self._begun[tag]
        while len(begun.quads) < 2 and (quad := QUAD.match(text)):
            begun.quads.append(quad.groups())
            text = text[quad.end() :]
        if len(begun.quads) == 2:
            self._end(tag, self._begun.pop(tag))
        return text

    def _end(self, tag: str, begun: _Begun) -> None:
        numbers = [_number(word) for quad in begun.quads for word in quad[:3]]
        wrongs = [quad[3] for quad in begun.quads]
        if any(number is None for number in numbers) or any(w != "N/A" and _number(w) is None for w in wrongs):
            self._lost.append(begun.size)
            return
        time, algbw, busbw, in_time, in_algbw, in_busbw = (float(number or 0) for number in numbers)
        wrong, in_wrong = (None if begun.old else _wrong(word) for word in wrongs)
        if begun.old and "N/A" not in wrongs:
            self.by_error.append(len(self.read))
        self.read.append(
            (tag, BenchmarkRow(begun.size, time, algbw, busbw, wrong, in_time, in_algbw, in_busbw, in_wrong))
        )


def row_of(line: str) -> BenchmarkRow | None:
    """The row that a line is, None where it is none."""
    rows = Rows()
    rows.feed("", line)
    return rows.read[0][1] if rows.read else None


def _wrong(word: str) -> int | None:
    number = _number(word)
    return None if number is None else int(number) if number == int(number) else 1


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if isfinite(number) else None
