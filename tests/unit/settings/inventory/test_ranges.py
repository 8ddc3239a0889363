"""Ranges in Ansible's form, and the right form for those in another."""

from __future__ import annotations

import pytest

from cluster_provision.settings.inventory.ranges import hosts_of
from cluster_provision.settings.reading import BadValue


@pytest.mark.parametrize(
    ("pattern", "hosts", "port"),
    [
        ("n1", ["n1"], 0),
        ("n[1:3]", ["n1", "n2", "n3"], 0),
        ("n[01:03]", ["n01", "n02", "n03"], 0),
        ("n[8:11]", ["n8", "n9", "n10", "n11"], 0),
        ("b[02:06:2]", ["b02", "b04", "b06"], 0),
        ("b[1:6:4]", ["b1", "b5"], 0),
        ("n[:2]", ["n0", "n1", "n2"], 0),
        ("n[5:5]", ["n5"], 0),
        ("n[1:010]", [f"n{i}" for i in range(1, 11)], 0),
        ("rack[a:c]-cpu", ["racka-cpu", "rackb-cpu", "rackc-cpu"], 0),
        ("x[A:C]", ["xA", "xB", "xC"], 0),
        ("x[a:e:2]", ["xa", "xc", "xe"], 0),
        ("r[1:2]n[1:2]", ["r1n1", "r1n2", "r2n1", "r2n2"], 0),
        ("gu[1:2]:2022", ["gu1", "gu2"], 2022),
        ("n1:22", ["n1"], 22),
        ("10.0.0.[1:2]", ["10.0.0.1", "10.0.0.2"], 0),
        ("[2001:db8::1]:22", ["2001:db8::1"], 22),
        ("2001:db8::1", ["2001:db8::1"], 0),
    ],
)
def test_a_pattern_stands_for_the_hosts_that_ansible_makes_of_it(pattern, hosts, port):
    assert hosts_of(pattern) == (hosts, port)


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        ("gx[1-4]", "write gx[1:4]"),
        ("gx[a-c]", "write gx[a:c]"),
        ("gx[1..4]", "write gx[1:4]"),
        ("gx[1,3]", "one line a host or range"),
        ("gz[3:1]", "runs backwards, of no host at all; write gz[1:3]"),
        ("gz[c:a]", "runs backwards, of no host at all; write gz[a:c]"),
        ("gz[09:01:2]", "write gz[01:09:2]"),
        ("gw[01:3]", "write gw[01:03]"),
        ("gw[001:20]", "write gw[001:020]"),
        ("gv[1:", "has a [ without a ]"),
        ("gv[1", "has a [ without a ]"),
        ("gv1]", "has a ] without a ["),
        ("g[1:2:0]", "whose step is no number from 1"),
        ("g[1:2:x]", "whose step is no number from 1"),
        ("g[1:]", "without an end"),
        ("g[]", "is written as in n[1:4]"),
        ("g[x:9]", "is written as in n[1:4]"),
        ("g[ab:cd]", "is written as in n[1:4]"),
        ("g[1:2:3:4]", "is written as in n[1:4]"),
        ("g[1:999999999]", "more than 10000 hosts"),
        ("g[1:200]-[1:200]", "more than 10000 hosts"),
        ("g1:", "ends with a colon"),
        ("g1:70000", "has a port that is none"),
    ],
)
def test_another_form_is_refused_with_the_right_one(pattern, advice):
    with pytest.raises(BadValue) as failure:
        hosts_of(pattern)
    assert advice in failure.value.reasons[0]
