"""What people type to switch nodes on and off, as users of CycleCloud's cluster know it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from node.slurm_power import __main__ as program
from node.slurm_power import commands, kept, slurm
from node.slurm_power.kept import Hold, Kept, Request, requests, write_kept
from tests.unit.node.power.kit import CLUSTER, STARTING, UP, of, state, states

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.slurm.cloud import CloudCluster

# 1 and 2 are on and idle, 3 has a job, 4 is starting, 5 was drained by a person; all others are off.
SLURM = {
    **states(),
    **{name: state(name, UP) for name in ("vega-hpc-1", "vega-hpc-2")},
    "vega-hpc-3": state("vega-hpc-3", ("allocated", "cloud")),
    "vega-hpc-4": state("vega-hpc-4", STARTING),
    "vega-hpc-5": state("vega-hpc-5", ("idle", "cloud", "drain"), "bad link", "ada"),
}


@dataclass
class Typed:
    """What a command ended with, what it said, and what it noted for the program that does it."""

    code: int
    said: str
    asked: tuple[Request, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes of its one request, none where it noted nothing."""
        return self.asked[0].nodes if self.asked else ()


@pytest.fixture
def cluster() -> CloudCluster:
    return CLUSTER


class Shell:
    """Types commands on the controller."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, line: str) -> Typed:
        try:
            code = program.main(shlex.split(line))
        except SystemExit as ended:  # argparse
            code = int(ended.code or 0)
        told = self._capsys.readouterr()
        return Typed(code, told.out + told.err, tuple(requests().values()))


@pytest.fixture
def shell(cluster: CloudCluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.setattr(program, "given_cluster", lambda: cluster)
    monkeypatch.setattr(slurm, "node_states", lambda: SLURM)
    return Shell(capsys)


def test_nodes_that_are_off_are_started(shell: Shell, disk: Path) -> None:
    typed = shell("azslurm resume --node-list vega-hpc-[6-7]")
    assert (typed.code, typed.asked) == (0, (Request("resume", ("vega-hpc-6", "vega-hpc-7")),))
    assert "vega-hpc-[6-7]: started" in typed.said
    assert (disk / "poke").exists()


def test_nodes_that_are_on_are_left_alone(shell: Shell) -> None:
    typed = shell("azslurm resume --node-list vega-hpc-[1-2]")
    assert (typed.code, typed.asked) == (0, ())
    assert "vega-hpc-[1-2]: on already" in typed.said
    assert "nothing to do" in typed.said


@pytest.mark.parametrize(
    ("named", "offered"),
    [
        ("slurmcluster-hpc-[1-2]", "vega-hpc-[1-2]"),
        ("vega-hpc-06", "vega-hpc-6"),
        ("hpc-[6-7]", "vega-hpc-[6-7]"),
    ],
)
def test_a_name_that_is_nearly_right_is_refused_with_the_right_one(shell: Shell, named: str, offered: str) -> None:
    typed = shell(f"azslurm resume --node-list {named}")
    assert (typed.code, typed.asked) == (2, ())
    assert f"did you mean {offered}?" in typed.said


def test_one_wrong_name_starts_nothing(shell: Shell) -> None:
    typed = shell("azslurm resume --node-list vega-hpc-[6-9]")
    assert (typed.code, typed.asked) == (2, ())
    assert "there is no node vega-hpc-9; there are vega-hpc-[1-8], vega-htc-[1-4]" in typed.said
    assert "nothing was started" in typed.said


def test_a_node_that_is_named_twice_counts_once(shell: Shell) -> None:
    typed = shell("azslurm resume --node-list vega-hpc-[6,8],vega-htc-[1-2],vega-hpc-6")
    assert typed.nodes == ("vega-hpc-6", "vega-hpc-8", "vega-htc-1", "vega-htc-2")


@pytest.mark.parametrize(
    "line", ["azslurm resume --node-list 'vega-hpc-6 vega-hpc-7'", "slurm-nodes resume vega-hpc-6 vega-hpc-7"]
)
def test_blanks_separate_nodes(shell: Shell, line: str) -> None:
    assert shell(line).nodes == ("vega-hpc-6", "vega-hpc-7")


def test_a_star_is_all_nodes(shell: Shell) -> None:
    typed = shell("azslurm resume --node-list '*'")
    assert typed.nodes == CLUSTER.nodes
    assert "vega-hpc-[6-8],vega-htc-[1-4]: started" in typed.said


@pytest.mark.parametrize("cluster", [replace(CLUSTER, max_hourly_cost=64.0, fixed_hourly=1.0)])
def test_a_resume_that_costs_too_much_starts_nothing_and_ends_with_18(shell: Shell) -> None:
    typed = shell("azslurm resume --node-list '*'")
    assert (typed.code, typed.asked) == (18, ())
    assert "85.00 dollars an hour, and MAX_HOURLY_COST is 64.00" in typed.said


@pytest.mark.parametrize("cluster", [replace(CLUSTER, max_hourly_cost=64.0, fixed_hourly=1.0)])
def test_a_resume_within_the_limit_starts(shell: Shell) -> None:
    assert shell("slurm-nodes resume vega-hpc-6").nodes == ("vega-hpc-6",)


def test_a_persons_own_drain_stays(shell: Shell) -> None:
    typed = shell("azslurm resume --node-list vega-hpc-5")
    assert (typed.code, typed.asked) == (0, ())
    assert "vega-hpc-5: drained by ada: bad link; that stays" in typed.said


def test_a_node_that_is_starting_is_not_started_again(shell: Shell) -> None:
    typed = shell("azslurm resume --node-list vega-hpc-4")
    assert (typed.code, typed.asked) == (0, ())
    assert "vega-hpc-4: starting already" in typed.said


def test_a_node_with_a_job_goes_when_that_has_ended(shell: Shell) -> None:
    typed = shell("azslurm suspend --node-list vega-hpc-3")
    assert (typed.code, typed.asked) == (0, (Request("suspend", ("vega-hpc-3",)),))
    assert "it gets no new ones, and goes when they have ended (--force ends them)" in typed.said


def test_force_does_not_wait_for_a_job(shell: Shell) -> None:
    typed = shell("slurm-nodes suspend --force vega-hpc-3")
    assert typed.asked == (Request("suspend", ("vega-hpc-3",), force=True),)
    assert "vega-hpc-3: goes now" in typed.said


def test_a_suspend_goes_on_without_a_node_that_is_not_there_and_fails_in_the_end(shell: Shell) -> None:
    typed = shell("azslurm suspend --node-list vega-hpc-[1-3,9]")
    assert typed.nodes == ("vega-hpc-1", "vega-hpc-2", "vega-hpc-3")
    assert typed.code == 2
    assert "there is no node vega-hpc-9" in typed.said


def test_nodes_that_are_off_are_said_to_be(shell: Shell) -> None:
    typed = shell("azslurm suspend --node-list vega-hpc-[6-8]")
    assert (typed.code, typed.asked) == (0, ())
    assert "vega-hpc-[6-8]: off already" in typed.said


def test_a_list_may_have_nodes_of_two_partitions(shell: Shell) -> None:
    typed = shell("azslurm suspend --node-list vega-htc-[1-4],vega-hpc-[1-2]")
    assert typed.nodes == ("vega-hpc-1", "vega-hpc-2")
    assert "vega-htc-[1-4]: off already" in typed.said


@pytest.mark.parametrize(
    ("name", "words"),
    [("vega-ctl", "vega-ctl is the controller, which stays on"), ("vega-login-1", "vega-login-1: a login node")],
)
def test_controller_and_login_nodes_are_refused(shell: Shell, name: str, words: str) -> None:
    typed = shell(f"azslurm suspend --node-list {name}")
    assert (typed.code, typed.asked) == (2, ())
    assert words in typed.said


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("''", "is empty: name nodes"),
        ("vega-hpc-[3-1]", "counts backwards"),
        ("vega-hpc-[1-100000]", "more hosts than Slurm takes"),
    ],
)
def test_a_list_that_can_not_be_read_is_refused(shell: Shell, named: str, words: str) -> None:
    typed = shell(f"azslurm suspend --node-list {named}")
    assert (typed.code, typed.asked) == (2, ())
    assert words in typed.said


def test_a_word_of_the_other_tool_is_taken(shell: Shell) -> None:
    assert shell("azslurm resume --node-list=vega-hpc-6 --no-wait").nodes == ("vega-hpc-6",)


def test_an_option_that_is_not_there_is_refused_with_the_usage(shell: Shell) -> None:
    typed = shell("azslurm resume -n vega-hpc-6")
    assert (typed.code, typed.asked) == (2, ())
    assert "usage: azslurm" in typed.said


@pytest.mark.parametrize("line", ["azslurm nodes", "slurm-nodes list"])
def test_nodes_are_listed_equal_ones_together(shell: Shell, line: str) -> None:
    lines = shell(line).said.splitlines()
    assert [each.split()[:2] for each in lines] == [
        ["vega-hpc-[1-2]", "idle"],
        ["vega-hpc-3", "allocated"],
        ["vega-hpc-4", "powering-up"],
        ["vega-hpc-5", "drained"],
        ["vega-hpc-[6-8],vega-htc-[1-4]", "off"],
    ]
    assert lines[3].endswith("bad link")


def test_scaling_is_not_needed_and_said_so(shell: Shell) -> None:
    typed = shell("azslurm scale")
    assert (typed.code, typed.said) == (0, "nothing to do: a node's size is its machine type's, and Create sets it\n")


def test_buckets_are_refused_with_what_to_use(shell: Shell) -> None:
    typed = shell("azslurm buckets")
    assert typed.code == 1
    assert "slurm-nodes list" in typed.said


def test_a_pool_that_is_held_off_says_when_it_is_tried_again(shell: Shell) -> None:
    write_kept(Kept(holds={"hpc": Hold(9e12, 300, "ZONE_RESOURCE_POOL_EXHAUSTED", "no room")}))
    assert "hpc: the cloud refused (ZONE_RESOURCE_POOL_EXHAUSTED)" in shell("slurm-nodes resume vega-hpc-6").said


def test_a_resume_of_a_node_that_is_leaving_keeps_it(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    leaving = of("vega-hpc-1", ("allocated", "cloud", "drain"), "cluster-provision: off: suspended")
    monkeypatch.setattr(slurm, "node_states", lambda: leaving)
    typed = shell("slurm-nodes resume vega-hpc-1")
    assert typed.nodes == ("vega-hpc-1",)
    assert "vega-hpc-1: stays on" in typed.said


@pytest.mark.parametrize("node", ["vega-hpc-1", "vega-hpc-4"])
def test_a_resume_right_after_a_suspend_takes_it_back(shell: Shell, node: str) -> None:
    shell(f"slurm-nodes suspend {node}")
    typed = shell(f"slurm-nodes resume {node}")
    assert [each.do for each in typed.asked] == ["suspend", "resume"]
    assert typed.said == f"{node}: stays on\n"


def test_a_resume_of_a_node_that_starts_and_is_leaving_keeps_it(shell: Shell) -> None:
    write_kept(Kept(leaving={"vega-hpc-4"}))
    assert shell("slurm-nodes resume vega-hpc-4").nodes == ("vega-hpc-4",)


def test_a_suspend_right_after_a_resume_takes_it_back(shell: Shell) -> None:
    shell("slurm-nodes resume vega-hpc-6")
    typed = shell("slurm-nodes suspend vega-hpc-6")
    assert [each.do for each in typed.asked] == ["resume", "suspend"]
    assert typed.said == "vega-hpc-6: was to come, and stays off\n"


def test_a_suspend_of_a_node_that_waits_for_the_cloud_to_have_room_ends_that(shell: Shell) -> None:
    write_kept(Kept(wanted={"vega-hpc-6"}, holds={"hpc": Hold(9e12, 300, "ZONE_RESOURCE_POOL_EXHAUSTED", "no room")}))
    assert shell("slurm-nodes suspend vega-hpc-6").nodes == ("vega-hpc-6",)


def test_what_is_noted_between_two_looks_at_it_is_not_missed(
    cluster: CloudCluster, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("slurm-nodes suspend vega-hpc-1")

    def noted_meanwhile() -> Kept:
        kept.take_off(requests())
        return Kept(leaving={"vega-hpc-1"}, raised={pool.name: pool.on for pool in cluster.pools})

    monkeypatch.setattr(commands, "read_kept", noted_meanwhile)
    assert "vega-hpc-1: stays on" in shell("slurm-nodes resume vega-hpc-1").said
