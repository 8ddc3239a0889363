"""The chart of the bus bandwidth."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from cluster_provision.report_page.bandwidth import BOTTOM, HEIGHT, TOP, chart, size_text
from tests.unit.report_page.made import benchmark


def test_points_are_the_means_of_the_cycles_from_the_smallest_size_on() -> None:
    found = chart(asdict(benchmark()))
    assert found is not None
    assert (found.points[0].size, found.points[-1].size) == ("1 KiB", "16 GiB")
    assert (found.points[-1].out_of_place, found.points[-1].in_place) == ("458.2", "449.0")
    assert len(found.points) == 25  # of 50 rows


def test_everything_lies_within_the_axes() -> None:
    found = chart(asdict(benchmark()))
    assert found is not None
    heights = [float(pair.partition(",")[2]) for pair in (found.out_of_place + " " + found.in_place).split()]
    heights += [float(limit.y) for limit in found.limits]
    assert TOP <= min(heights) <= max(heights) <= HEIGHT - BOTTOM
    assert [tick.text for tick in found.up] == ["0", "100", "200", "300", "400", "500"]


def test_limits_that_are_not_known_have_no_line() -> None:
    limits = benchmark().limits
    assert limits is not None
    known = chart(asdict(replace(benchmark(), limits=replace(limits, warn=None, expected=None))))
    assert known is not None
    assert [limit.kind for limit in known.limits] == ["fail"]
    without = chart(asdict(replace(benchmark(), limits=None)))
    assert without is not None
    assert (without.limits, without.judged_at) == ((), "")


def test_without_rows_or_a_size_above_none_there_is_no_chart() -> None:
    assert chart(None) is None
    assert chart(asdict(replace(benchmark(), rows=()))) is None
    empty = replace(benchmark().rows[0], bytes=0)
    assert chart(asdict(replace(benchmark(), rows=(empty,)))) is None


def test_one_size_alone_is_a_point_in_the_middle() -> None:
    found = chart(asdict(replace(benchmark(), rows=benchmark().rows[:1])))
    assert found is not None
    assert found.out_of_place.startswith("335.0,")


@pytest.mark.parametrize(("size", "text"), [(8, "8 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (16 * 1024**3, "16 GiB")])
def test_sizes_are_in_binary_units(size: int, text: str) -> None:
    assert size_text(size) == text
