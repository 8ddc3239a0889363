"""Slurm's lists of hosts are read as Slurm reads them, and folded into what it reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist, fold_hostlist
from cluster_provision.settings.reading import BadValue


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("n1", "n1"),
        ("dgx[01-03],a[1,3-5]b", "dgx01 dgx02 dgx03 a1b a3b a4b a5b"),
        ("n[8-11]", "n8 n9 n10 n11"),
        ("n[08-11]", "n08 n09 n10 n11"),
        (" n1 , n[2, 4 - 5] ,", "n1 n2 n4 n5"),
        ("rack[1-2]n[1-2]", "rack1n1 rack1n2 rack2n1 rack2n2"),
        ("n[0]", "n0"),
        ("[1-2]n", "1n 2n"),
        ("n1,n1", "n1 n1"),
    ],
)
def test_ranges_are_expanded(text: str, hosts: str) -> None:
    assert expand_hostlist(text) == tuple(hosts.split())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("n[1:4]", r"written with a dash: \[1-4\]"),
        ("n[3-1]", r"backwards; write \[1-3\]"),
        ("n[01-3]", r"differ in length; write \[01-03\]"),
        ("n[1-", "isn't closed"),
        ("n[1-[2]]", "isn't closed"),
        ("n1]", "doesn't open"),
        ("n[]", "nothing in its brackets"),
        ("n[1,,2]", "nothing in its brackets"),
        ("n[a-c]", "no number and no range"),
        ("n[1-70000]", "more hosts than Slurm takes"),
        ("a[1-300]b[1-300]", "more hosts than Slurm takes"),
        ("n[1-9999999999999999]", "15 digits"),
    ],
)
def test_what_is_no_range_is_refused_with_the_right_form(text: str, reason: str) -> None:
    with pytest.raises(BadValue, match=reason):
        expand_hostlist(text)


def test_all_bad_entries_are_named_at_once() -> None:
    with pytest.raises(BadValue) as bad:
        expand_hostlist("n[3-1],good1,m[1:2]")
    assert [reason.split(",")[0] for reason in bad.value.reasons] == ["has n[3-1]", "has m[1:2]"]


@pytest.mark.parametrize(
    ("hosts", "text"),
    [
        ("n1", "n1"),
        ("dgx01 dgx02 dgx03 a1 a3", "dgx[01-03],a[1,3]"),
        ("n9 n10 n11", "n[9-11]"),
        ("n09 n10 n11", "n[09-11]"),
        ("n1 n01 n2", "n[1-2,01]"),
        ("n098 n099 n100", "n[098-100]"),
        ("n98 n99 n100", "n[98-100]"),
        ("n09 n99 n100", "n[09,99-100]"),
        ("n01 n02 n100", "n[01-02,100]"),
        ("lyra-hd lyra01 lyra02", "lyra-hd,lyra[01-02]"),
        ("n n1 n2", "n,n[1-2]"),
        ("b2 a1 b1 b1", "b[1-2],a1"),
        ("", ""),
    ],
)
def test_hosts_are_folded_by_the_number_at_their_end(hosts: str, text: str) -> None:
    assert fold_hostlist(hosts.split()) == text


@given(st.lists(st.from_regex(r"[a-z]{0,2}[0-9]{0,4}[a-z]?[0-9]{0,3}", fullmatch=True).filter(bool), max_size=30))
def test_what_is_folded_expands_to_the_same_hosts(hosts: list[str]) -> None:
    assert sorted(expand_hostlist(fold_hostlist(hosts))) == sorted(set(hosts))
