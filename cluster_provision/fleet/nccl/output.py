"""Reads the output of all_reduce_perf (nccl-tests) line by line: devices, rows, the network that NCCL names.

The form of rows and devices: github.com/NVIDIA/nccl-tests, src/common.cu (read 2026-11-22); NCCL's own lines as in
github.com/NVIDIA/nccl/issues/226, 302 and 952, and nccl-tests/issues/185.
"""

from __future__ import annotations

import re
from collections import deque
from math import isfinite
from typing import Literal

from cluster_provision.result import BenchmarkRow

Network = Literal["infiniband", "ethernet", "unknown"]

DEVICE = re.compile(r"#\s+Rank\s+\d+\s+(?:Group\s+\d+\s+)?Pid\s+\d+\s+on\s+(\S+)\s+device\s+\d+\s+\[[^]]*\]\s*(.*)")
AVERAGE = re.compile(r"#\s*Avg bus bandwidth\s*:\s*(\S+)")
NET_IB = re.compile(r"NCCL INFO NET/IB\w* : Using (.*)")
SENDS_BY = re.compile(r"NCCL INFO .* via NET/(IB|Socket)")
COLUMNS = 13
TAIL = 20


class Output:
    """Reads lines, and holds what they say. `tail` are the last lines that are neither rows nor NCCL's log."""

    def __init__(self) -> None:
        self.rows: list[BenchmarkRow] = []
        self.average: float | None = None
        self.devices: dict[str, list[str]] = {}
        self.tail: deque[str] = deque(maxlen=TAIL)
        self.command = ""
        self._by: set[Network] = set()
        self._found: set[Network] = set()

    @property
    def network(self) -> Network:
        """How NCCL gets from machine to machine. A single rank on Ethernet slows all of them down."""
        for told in (self._by, self._found):
            if told:
                return "ethernet" if "ethernet" in told else "infiniband"
        return "unknown"

    def feed(self, line: str) -> None:
        row = row_of(line)
        if row is not None:
            self.rows.append(row)
        elif device := DEVICE.match(line):
            self.devices.setdefault(device[1], []).append(device[2].strip())
        elif average := AVERAGE.match(line):
            self.average = _number(average[1])
        elif "NCCL INFO" in line:
            self._note_network(line)
        elif line.startswith("+ timeout "):
            self.command = line.removeprefix("+ ")
        elif line.strip() and not line.startswith("+ "):
            self.tail.append(line.rstrip())

    def _note_network(self, line: str) -> None:
        if way := SENDS_BY.search(line):
            self._by.add("ethernet" if way[1] == "Socket" else "infiniband")
        elif cards := NET_IB.search(line):
            # Ethernet cards with RoCE are listed there too.
            self._found.add("infiniband" if re.search(r"/IB\b", cards[1]) else "ethernet")
        elif "Using network Socket" in line or "NET/IB : No device found" in line:
            self._found.add("ethernet")


def row_of(line: str) -> BenchmarkRow | None:
    """Return the line as a row, or None."""
    words = line.split()
    if len(words) != COLUMNS or not words[0].isdigit():
        return None
    numbers = [_number(word) for word in (*words[5:8], *words[9:12])]
    if None in numbers:
        return None
    time, algbw, busbw, in_time, in_algbw, in_busbw = (float(number or 0) for number in numbers)
    return BenchmarkRow(
        int(words[0]), time, algbw, busbw, _wrong(words[8]), in_time, in_algbw, in_busbw, _wrong(words[12])
    )


def _wrong(word: str) -> int | None:
    number = _number(word)
    return None if number is None else int(number) if number == int(number) else 1


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if isfinite(number) else None
