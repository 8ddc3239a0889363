"""The search for the machines that fail an all-reduce, by simulation."""

from __future__ import annotations

import math
from itertools import combinations

import pytest

from cluster_provision.fleet.nccl.bisection import Found, Tried, found, next_set

SIZES = range(2, 65)


def search(count: int, bad: set[int], *, by_itself: bool) -> tuple[list[Tried], Found]:
    """The runs, and what they found, where `bad` fail each run of several; by themselves too, or not."""
    nodes = [f"n{number}" for number in range(count)]
    sick = {nodes[number] for number in bad}
    tried: list[Tried] = []
    while wanted := next_set(nodes, tried):
        failed = bool(sick & set(wanted)) and (by_itself or len(wanted) > 1)
        tried.append(Tried(wanted, failed))
    return tried, found(nodes, tried)


def pairs(count: int) -> list[tuple[int, int]]:
    """All pairs of few machines; of many, those at the ends, beside each other, and in the middle."""
    if count <= 12:
        return list(combinations(range(count), 2))
    some = {0, 1, 2, count // 2 - 1, count // 2, count - 2, count - 1}
    return [pair for pair in combinations(range(count), 2) if some.issuperset(pair)]


@pytest.mark.parametrize("by_itself", [True, False])
@pytest.mark.parametrize("count", SIZES)
def test_one_bad_machine_is_named_wherever_it_is(count: int, by_itself: bool) -> None:
    for bad in range(count):
        tried, told = search(count, {bad}, by_itself=by_itself)
        assert len(tried) <= math.log2(count) + 1
        if count > 2 or by_itself:
            assert (*told.bad, *told.likely) == (f"n{bad}",), (bad, tried)
            assert not told.suspects or told.likely


@pytest.mark.parametrize("by_itself", [True, False])
@pytest.mark.parametrize("count", SIZES)
def test_of_two_bad_machines_one_is_named_or_is_among_three(count: int, by_itself: bool) -> None:
    for bad in pairs(count):
        tried, told = search(count, set(bad), by_itself=by_itself)
        sick = {f"n{number}" for number in bad}
        assert len(tried) <= math.log2(count) + 1
        assert sick.issuperset(told.bad), (bad, tried)  # no good one is ever proven bad
        assert sick <= {*told.bad, *told.likely, *told.suspects, *told.untested}, (bad, tried)  # no bad one is cleared
        few = {*told.likely, *told.suspects}
        assert told.bad or (sick & few and len(few) <= 3), (bad, told)


def test_two_machines_that_pass_by_themselves_are_both_suspected() -> None:
    tried, told = search(2, {0}, by_itself=False)
    assert [each.nodes for each in tried] == [("n0",), ("n1",)]
    assert (told.bad, told.suspects) == ((), ("n0", "n1"))


def test_two_bad_machines_that_stand_last_are_both_named() -> None:
    tried, told = search(8, {6, 7}, by_itself=False)
    assert set(told.bad) == {"n6", "n7"}
    assert told.untested == ()
    assert len(tried) == 4


def test_no_set_is_measured_twice_and_none_is_all_of_them() -> None:
    for count in SIZES:
        for bad in ({0}, {count - 1}, {0, count - 1}):
            tried, _ = search(count, bad, by_itself=False)
            sets = [frozenset(each.nodes) for each in tried]
            assert len(set(sets)) == len(sets)
            assert all(len(each) < count for each in sets)


def test_all_machines_bad_prove_one_or_leave_few() -> None:
    tried, told = search(16, set(range(16)), by_itself=True)
    assert len(tried) <= 5
    assert len(told.bad) + len(told.suspects) + len(told.likely) <= 3


def test_one_machine_alone_needs_no_search() -> None:
    assert found(["n0"], []).bad == ("n0",)
