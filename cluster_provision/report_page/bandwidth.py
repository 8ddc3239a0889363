"""The chart of NCCL's bus bandwidth over message sizes, as coordinates for an inline SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 640.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 16.0, 12.0, 30.0
"""The margins, with room for the axes' figures."""

SIZES_SHOWN = 6
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
"""Of the upright axis, in GB/s."""
LINES_SHOWN = 6
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True)
class Tick:
    """A figure of an axis at its coordinate."""

    at: str
    text: str


@dataclass(frozen=True)
class Point:
    """A message size, with the mean of its cycles in GB/s, out of place and in place."""

    size: str
    out_of_place: str
    in_place: str


@dataclass(frozen=True)
class Limit:
    """A limit's line: `kind` is fail, warn or expected, `figure` in GB/s."""

    kind: str
    figure: str
    y: str


@dataclass(frozen=True)
class Chart:
    """Coordinates are of a box of `width` x `height`; polylines are SVG's `points`."""

    width: float
    height: float
    left: float
    right: float
    bottom: float
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    out_of_place: str
    in_place: str
    points: tuple[Point, ...]
    limits: tuple[Limit, ...]
    judged_at: str


def chart(benchmark: Mapping[str, Any] | None) -> Chart | None:
    """The chart; None where no row was measured."""
    sizes = _by_size(benchmark["rows"] if benchmark else ())
    if not benchmark or not sizes:
        return None
    limits = benchmark["limits"] or {}
    figures = {kind: limits[kind] for kind in ("fail", "warn", "expected") if limits.get(kind) is not None}
    most = max(*(max(pair) for pair in sizes.values()), *figures.values(), 1.0)
    step = next((each for each in STEPS if most / each <= LINES_SHOWN), STEPS[-1])
    top = step * math.ceil(most / step)
    first, last = math.log2(min(sizes)), math.log2(max(sizes))

    def x(size: int) -> str:
        along = (math.log2(size) - first) / (last - first) if last > first else 0.5
        return f"{LEFT + along * (WIDTH - LEFT - RIGHT):.1f}"

    def y(figure: float) -> str:
        return f"{HEIGHT - BOTTOM - figure / top * (HEIGHT - TOP - BOTTOM):.1f}"

    every = math.ceil(len(sizes) / SIZES_SHOWN)
    shown = [*reversed([*reversed(sizes)][::every])]
    return Chart(
        WIDTH,
        HEIGHT,
        LEFT,
        WIDTH - RIGHT,
        HEIGHT - BOTTOM,
        across=tuple(Tick(x(size), size_text(size)) for size in shown),
        up=tuple(Tick(y(figure), str(figure)) for figure in range(0, int(top) + 1, step)),
        out_of_place=" ".join(f"{x(size)},{y(out)}" for size, (out, _) in sizes.items()),
        in_place=" ".join(f"{x(size)},{y(within)}" for size, (_, within) in sizes.items()),
        points=tuple(Point(size_text(size), f"{out:.1f}", f"{within:.1f}") for size, (out, within) in sizes.items()),
        limits=tuple(Limit(kind, f"{figure:g}", y(figure)) for kind, figure in figures.items()),
        judged_at=size_text(limits["message"]) if limits else "",
    )


def size_text(size: int) -> str:
    """`16 GiB`; one digit behind the point where it is no whole number of its unit."""
    power = min(int(math.log2(size)) // 10, len(UNITS) - 1) if size > 0 else 0
    return f"{round(size / 1024**power, 1):g} {UNITS[power]}"


def _by_size(rows: Sequence[Mapping[str, Any]]) -> dict[int, tuple[float, float]]:
    """The means of each size's cycles, out of place and in place, from the smallest size on. A size of 0 has none."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["bytes"] > 0:
            found.setdefault(row["bytes"], []).append(row)
    return {
        size: (fmean(row["busbw"] for row in found[size]), fmean(row["in_place_busbw"] for row in found[size]))
        for size in sorted(found)
    }
