"""PARTITIONS: names with the keys of slurm.conf's PartitionName lines."""

from __future__ import annotations

import pytest

from cluster_provision.settings.readers.slurm.partitions import Partition, Partitions, partition_problems
from cluster_provision.settings.reading import BadValue

SITE = (
    "day:Nodes=lyra[01-03],Default=YES,MaxTime=08:00:00,OverSubscribe=NO,PriorityTier=10;"
    "night:Nodes=ALL,MaxTime=2-00:00:00,PriorityTier=1,PreemptMode=REQUEUE,OverSubscribe=FORCE:1"
)


def reasons(text: str) -> str:
    with pytest.raises(BadValue) as bad:
        Partitions().read(text)
    return "\n".join(bad.value.reasons)


def test_partitions_are_read_with_their_nodes_and_options() -> None:
    day, night = Partitions().read(SITE)
    assert (day.nodes, day.default) == (("lyra01", "lyra02", "lyra03"), True)
    assert day.options == (("MaxTime", "08:00:00"), ("OverSubscribe", "NO"), ("PriorityTier", "10"))
    assert (night.nodes, night.default) == (("ALL",), False)
    assert night.option("OverSubscribe") == "FORCE:1"


def test_commas_in_brackets_belong_to_the_nodes_and_others_may_too() -> None:
    (only,) = Partitions().read("a: nodes = n[1,3-4],m1 ,maxtime=60")
    assert only.nodes == ("n1", "n3", "n4", "m1")
    assert only.options == (("MaxTime", "60"),)


def test_a_value_may_have_commas_and_equal_signs_of_its_own() -> None:
    (only,) = Partitions().read("a:AllowAccounts=x,y,TRESBillingWeights=CPU=1.0,Mem=0.25G,GRES/gpu=2,State=UP")
    assert only.options == (
        ("AllowAccounts", "x,y"),
        ("TRESBillingWeights", "CPU=1.0,Mem=0.25G,GRES/gpu=2"),
        ("State", "UP"),
    )


def test_the_first_is_the_default_where_none_says_so() -> None:
    assert [each.default for each in Partitions().read("a;b:Nodes=ALL;")] == [True, False]


def test_what_was_read_is_shown_as_it_can_be_read_again() -> None:
    assert Partitions().show(Partitions().read(SITE)) == SITE


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Nodes=ALL", "doesn't begin with a name and a colon"),
        ("a b:Nodes=ALL", "a name has letters"),
        (":Nodes=ALL", "named nothing"),
        ("DEFAULT:MaxTime=60", "name each partition"),
        ("a:MaxTme=60", "did you mean MaxTime?"),
        ("a:Color=red", "no key of a partition"),
        ("a:PartitionName=b", "no key of a partition"),
        ("a:MaxTime=soon", "a time is minutes"),
        ("a:Hidden=perhaps", "allowed are YES and NO"),
        ("a:PriorityTier=70000", "0 to 65533"),
        ("a:MaxNodes=x", "whole number"),
        ("a:MaxTime=60,maxtime=61", "MaxTime twice"),
        ("a:AllowGroups=x y", "no blanks"),
        ("a:AllowGroups=x#y", "no blanks, quotes, #"),
        ("a:QOS=", "isn't empty"),
        ("a:Nodes=n[3-1]", "counts backwards"),
        ("a:Nodes=n1,ALL", "ALL beside other names"),
        ("a;a:Nodes=n1", "partition a twice"),
        ("a:Default=YES;b:Default=YES", "Default=YES in a, b"),
        (" ; ", "names no partition"),
        ("a:OverSubscribe=MAYBE", "OverSubscribe, which is MAYBE; allowed are EXCLUSIVE, FORCE, YES, NO"),
        ("a:Shared=FORCE:x", "Shared, which is FORCE:x; allowed are"),
        ("a:State=ON", "State, which is ON; allowed are UP, DOWN, DRAIN, INACTIVE"),
        ("a:PreemptMode=KILL", "PreemptMode, which is KILL; allowed are OFF"),
        ("a:SelectTypeParameters=CR_CPU", "which is CR_CPU; allowed are CR_Core, CR_Core_Memory"),
        ("a:Exclusive=JOB", "Exclusive, which is JOB; allowed are NO, NODE, USER, TOPO"),
        ("a:Nodes=n1 Default=YES", "keys are separated by commas"),
        ("PartitionName=a Nodes=n[1-2] Default=YES", "write a:Nodes=n[1-2],Default=YES"),
    ],
)
def test_what_is_no_partition_is_refused_with_the_right_form(text: str, named: str) -> None:
    assert named in reasons(text)


def test_a_short_word_is_not_taken_for_another() -> None:
    assert "did you mean" not in reasons("a:Foo=1")


@pytest.mark.parametrize("option", ["OverSubscribe=force:4", "OverSubscribe=YES", "State=up", "PreemptMode=requeue"])
def test_slurms_words_are_taken_in_any_case(option: str) -> None:
    (only,) = Partitions().read(f"a:{option}")
    assert only.options == (tuple(option.split("=")),)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert len(reasons("a:MaxTime=soon,Hidden=x;b:Color=red;a b").splitlines()) == 4


def test_nodes_that_the_cluster_does_not_have_are_named() -> None:
    strange = (Partition("day", ("lyra01", "lyra09", "lyra10")), Partition("night"))
    (problem,) = partition_problems(strange, ("lyra01", "lyra02"), "22.05")
    assert "partition day names lyra[09-10]" in problem
    assert "lyra[01-02]" in problem


@pytest.mark.parametrize(("accounting", "count"), [(True, 0), (False, 1)])
def test_qualities_of_service_need_accounting(accounting: bool, count: int) -> None:
    night = (Partition("night", options=(("QOS", "night"),)),)
    problems = partition_problems(night, ("n1",), accounting=accounting)
    assert [problem.split(",")[0] for problem in problems] == ["partition night sets QOS"] * count


@pytest.mark.parametrize(("release", "count"), [("22.05", 1), ("23.02", 0), ("", 0)])
def test_keys_that_the_release_does_not_have_yet_are_named(release: str, count: int) -> None:
    new = (Partition("day", options=(("MaxCPUsPerSocket", "8"),)),)
    assert len(partition_problems(new, ("n1",), release)) == count
