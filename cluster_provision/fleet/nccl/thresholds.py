"""What an all-reduce should reach, by the cloud's machine size and the number of machines."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("thresholds.toml")


@dataclass(frozen=True)
class Threshold:
    """A line of the table: GB/s of bus bandwidth at `message` bytes; None where the source has no such figure."""

    size: str
    nodes: tuple[int, int]
    message: int
    fail: float
    source: str
    warn: float | None = None
    expected: float | None = None


def threshold_for(size: str, nodes: int, limits: tuple[Threshold, ...] = ()) -> Threshold | None:
    """Return the line for this many machines of this size, or None if no normal figure is published.

    `limits` are lines for these machines that the table doesn't have, whatever their size is called.
    """
    named = (line for line in thresholds() if line.size.casefold() == size.casefold())
    return next((line for line in (*limits, *named) if line.nodes[0] <= nodes <= line.nodes[1]), None)


@cache
def thresholds() -> tuple[Threshold, ...]:
    """The whole table."""
    lines = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["threshold"]
    return tuple(Threshold(**{**line, "nodes": tuple(line["nodes"])}) for line in lines)
