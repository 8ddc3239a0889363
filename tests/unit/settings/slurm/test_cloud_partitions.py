"""PARTITIONS on a cloud: partitions with machines of their own, and with those of others."""

from __future__ import annotations

import pytest

from cluster_provision.settings.readers.slurm.cloud_partitions import CloudPartitions
from cluster_provision.settings.reading import BadValue

SITE = (
    "hpc:Nodes=8,On=2,Default=YES,MaxTime=2-00:00:00;cpu:Nodes=4,MachineType=n2-standard-8;"
    "debug:Nodes=vega-hpc-[1-2],MaxTime=60;all:Nodes=ALL"
)


def reasons(text: str) -> str:
    with pytest.raises(BadValue) as bad:
        CloudPartitions().read(text)
    return "\n".join(bad.value.reasons)


def test_a_number_of_nodes_makes_machines_and_names_take_those_of_others() -> None:
    hpc, cpu, debug, every = CloudPartitions().read(SITE)
    assert (hpc.own, hpc.count, hpc.on, hpc.machine_type) == (True, 8, 2, "")
    assert (cpu.own, cpu.count, cpu.on, cpu.machine_type) == (True, 4, None, "n2-standard-8")
    assert (debug.own, debug.partition.nodes) == (False, ("vega-hpc-1", "vega-hpc-2"))
    assert (every.own, every.partition.nodes) == (False, ("ALL",))


def test_slurms_own_keys_stay_with_the_partition() -> None:
    hpc, _, debug, _ = CloudPartitions().read(SITE)
    assert hpc.partition.options == (("MaxTime", "2-00:00:00"),)
    assert hpc.partition.default
    assert debug.partition.options == (("MaxTime", "60"),)


def test_the_first_need_not_say_how_many_and_a_later_one_without_nodes_has_all() -> None:
    hpc, debug = CloudPartitions().read("hpc;debug:MaxTime=60")
    assert (hpc.own, hpc.count, hpc.on) == (True, None, None)
    assert (debug.own, debug.partition.nodes) == (False, ("ALL",))


def test_the_first_with_machines_may_stand_behind_one_without() -> None:
    every, hpc = CloudPartitions().read("every:Nodes=ALL;hpc")
    assert (every.own, hpc.own) == (False, True)


def test_keys_are_read_in_any_case() -> None:
    (only,) = CloudPartitions().read("hpc: nodes = 8, ON = 0, machinetype = n2-standard-8")
    assert (only.count, only.on, only.machine_type) == (8, 0, "n2-standard-8")


def test_weights_end_where_one_of_these_keys_begins() -> None:
    (only,) = CloudPartitions().read("hpc:TRESBillingWeights=CPU=1.0,Mem=0.25G,On=2,MachineType=a-b,Nodes=4")
    assert only.partition.options == (("TRESBillingWeights", "CPU=1.0,Mem=0.25G"),)
    assert (only.count, only.on, only.machine_type) == (4, 2, "a-b")


def test_what_was_read_is_shown_as_it_can_be_read_again() -> None:
    assert CloudPartitions().show(CloudPartitions().read(SITE)) == SITE


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("hpc:Nodes=0", "Nodes=0; allowed are 1 to 10000"),
        ("hpc:Nodes=-3", "Nodes=-3; allowed are 1 to"),
        ("hpc:Nodes=2.5", "Nodes=2.5; allowed are 1 to"),
        ("hpc:Nodes=10001", "Nodes=10001; allowed are 1 to"),
        ("hpc:On=x", "On=x; allowed are 0 to"),
        ("hpc:Nodes=2,On=3", "On=3, which is more than its Nodes=2"),
        ("hpc:Nodes=2,Nodes=3", "Nodes twice"),
        ("hpc:Nodes=2,MachineType=n2/standard", "no machine type's name"),
        ("hpc:Nodes=2,VM_TYPE=n2-standard-8", "is MachineType meant?"),
        ("hpc:Nodes=2,MachinType=n2-standard-8", "is MachineType meant?"),
        ("hpc:Nodes=2,MaxTme=60", "did you mean MaxTime?"),
        ("hpc;cpu:MachineType=n2-standard-8", "without Nodes=<a number>"),
        ("hpc;cpu:Nodes=ALL,On=2", "for machines of its own"),
        ("hpc:Nodes=2;hpc:Nodes=3", "hpc twice"),
        ("hpc:Nodes=2,Default=YES;cpu:Nodes=2,Default=YES", "one partition is the default"),
        ("a:Nodes=ALL", "gives no partition nodes of its own"),
        ("login:Nodes=2", "a word that stands in the names of other machines"),
        ("controller:Nodes=2", "a word that stands in the names of other machines"),
        ("my-pool:Nodes=2", "lower-case letters and digits"),
        ("GPU:Nodes=2", "lower-case letters and digits"),
        ("a234567890123456:Nodes=2", "at most 15"),
    ],
)
def test_what_is_wrong_is_named(text: str, named: str) -> None:
    assert named in reasons(text)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    found = reasons("GPU:Nodes=2;cpu:Nodes=0,On=y;debug:MaxTme=1")
    assert all(part in found for part in ("named GPU", "Nodes=0", "On=y", "MaxTme"))


def test_a_partition_of_others_nodes_may_have_any_name_that_slurm_takes() -> None:
    _, short = CloudPartitions().read("hpc;Short_Jobs:Nodes=ALL")
    assert short.name == "Short_Jobs"
