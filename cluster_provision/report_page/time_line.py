"""The time lines: the run's steps by the clock, and each node's own steps one after another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cluster_provision.console import duration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHORTEST = 0.3
"""Percent of the line's width: what is shorter is still seen."""


@dataclass(frozen=True)
class Bar:
    """A step: `left` and `width` are percent of the line."""

    name: str
    status: str
    left: str
    width: str
    lasted: str


@dataclass(frozen=True)
class SetUpLine:
    """A node's own steps, `failed` those that failed it; `lasted` is the sum of their times."""

    node: str
    bars: tuple[Bar, ...]
    lasted: str
    failed: tuple[str, ...]


def step_lines(steps: Sequence[Mapping[str, Any]], begun: datetime, total: float) -> tuple[Bar, ...]:
    """A bar for each step of a run of `total` seconds."""
    return tuple(_bar(step, (datetime.fromisoformat(step["started"]) - begun).total_seconds(), total) for step in steps)


def set_up_lines(nodes: Sequence[Mapping[str, Any]]) -> tuple[SetUpLine, ...]:
    """A line for each node, all to the same scale: the slowest fills it."""
    sums = [sum(step["seconds"] for step in node["steps"]) for node in nodes]
    slowest = max(sums, default=0.0)
    return tuple(_line(node, taken, slowest) for node, taken in zip(nodes, sums, strict=True))


def _line(node: Mapping[str, Any], taken: float, slowest: float) -> SetUpLine:
    bars, at = [], 0.0
    for step in node["steps"]:
        bars.append(_bar(step, at, slowest))
        at += step["seconds"]
    failed = tuple(step["name"] for step in node["steps"] if step["status"] == "failed" and not step["optional"])
    return SetUpLine(node["node"], tuple(bars), duration(taken), failed)


def _bar(step: Mapping[str, Any], at: float, total: float) -> Bar:
    """Within the line, even where a clock was set back meanwhile."""
    left = min(max(at / total * 100 if total > 0 else 0.0, 0.0), 100 - SHORTEST)
    width = min(max(step["seconds"] / total * 100 if total > 0 else 0.0, SHORTEST), 100 - left)
    return Bar(step["name"], step["status"], f"{left:.2f}", f"{width:.2f}", duration(step["seconds"]))
