"""The states of nodes: one answer, whichever form and release they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.slurm.outputs.node_states import NodeState, read_nodes
from cluster_provision.slurm.outputs.not_understood import NotUnderstood
from cluster_provision.slurm.outputs.sinfo import read_sinfo, state_words

STATES = Path(__file__).parent / "data" / "states"
FORMS = {
    "sinfo-2205.json": 5,
    "scontrol-2302.json": 4,
    "scontrol-2311.json": 9,
    "scontrol-2411.json": 9,
    "scontrol-2205-text.txt": 4,
}
EXPECTED = {
    "vega-hpc-1": ("idle", {"cloud"}, True, ""),
    "vega-hpc-2": ("mixed", {"cloud"}, True, ""),
    "vega-hpc-3": ("allocated", {"cloud", "completing"}, True, ""),
    "vega-hpc-4": ("idle", {"cloud", "drain"}, False, "bad link on ib3, see ticket #42 = open"),
    "vega-hpc-5": ("idle", {"cloud", "drain", "powered_down"}, False, "off: not needed"),
    "vega-hpc-6": ("down", {"cloud", "not_responding", "powering_up"}, False, "ResumeTimeout reached"),
    "vega-hpc-7": (
        "idle",
        {"cloud", "drain", "invalid_reg"},
        False,
        "gres/gpu count reported lower than configured (7 < 8)",
    ),
    "vega-hpc-8": ("idle", {"cloud", "power_up", "powering_up"}, False, ""),
    "vega-login-1": ("future", set(), False, ""),
}


def nodes(name: str) -> dict[str, NodeState]:
    return {each.name: each for each in read_nodes((STATES / name).read_text())}


@pytest.mark.parametrize(("form", "count"), FORMS.items())
def test_every_form_gives_the_same_states(form: str, count: int) -> None:
    read = nodes(form)
    assert len(read) == count
    assert {name: (n.base, set(n.flags), n.ready, n.reason) for name, n in read.items()} == {
        name: EXPECTED[name] for name in read
    }


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_whose_the_reason_is_and_what_the_node_has(form: str) -> None:
    node = nodes(form)["vega-hpc-4"]
    assert (node.reason_user, node.partitions, node.gpus) == ("root", ("hpc",), 8)
    assert node.reason_time is not None
    assert node.version.startswith("2")


@pytest.mark.parametrize("form", [form for form in FORMS if form.endswith("json")])
def test_used_gpus_are_counted(form: str) -> None:
    assert nodes(form)["vega-hpc-2"].gpus_used == 2


def test_a_node_is_told_by_whether_it_is_drained_down_and_busy() -> None:
    read = nodes("scontrol-2411.json")
    assert [name[-1] for name, node in read.items() if node.drained] == ["4", "5", "7"]
    assert [name[-1] for name, node in read.items() if node.down] == ["6", "7", "1"]
    assert [name[-1] for name, node in read.items() if node.busy] == ["2", "3"]


def test_used_gpus_that_the_text_does_not_name_are_unknown() -> None:
    assert nodes("scontrol-2205-text.txt")["vega-hpc-2"].gpus_used is None


def test_a_node_that_is_no_compute_node_is_in_no_partition() -> None:
    assert nodes("scontrol-2411.json")["vega-login-1"].partitions == ()


def test_a_state_that_nobody_has_seen_is_shown_and_not_dropped() -> None:
    (node,) = read_nodes('{"nodes": [{"name": "n1", "state": ["IDLE", "SHINY", "POWER_DRAIN"]}]}')
    assert node.words == "idle+shiny+power_drain"
    assert not node.ready


def test_a_base_that_nobody_has_seen_is_shown_and_not_ready() -> None:
    (node,) = read_nodes('{"nodes": [{"name": "n1", "state": ["DREAMING"], "reason_changed_at": -2}]}')
    assert (node.words, node.ready, node.reason_time) == ("dreaming", False, None)


def test_lines_before_the_json_are_no_part_of_it() -> None:
    (node,) = read_nodes('scontrol: warning: x\n{"nodes": [{"name": "n1", "state": ["IDLE"]}], "last_update": {}}\n')
    assert node.ready


def test_one_line_a_node_is_read_too() -> None:
    text = (
        "NodeName=n1 Arch=x86_64 Gres=gpu:a100:4 OS=Linux 6.1 #1 SMP x=y RealMemory=100 State=IDLE*+DRAIN "
        "Partitions=a,b AllocTRES=cpu=2,gres/gpu=3 Reason=Kill task failed, State=ok? [root@2026-11-30T09:53:20]\n"
        "NodeName=n2 State=MIXED\n"
    )
    first, second = read_nodes(text)
    assert first.words == "idle+not_responding+drain"
    assert (first.reason, first.partitions, first.gpus_used) == ("Kill task failed, State=ok?", ("a", "b"), 3)
    assert second.ready


def test_no_nodes_are_none() -> None:
    assert read_nodes("No nodes in the system\n") == ()


@pytest.mark.parametrize(
    "text", [(STATES / "scontrol-2205.txt").read_text(), "slurm_load_node: Connection refused", '{"nodes": 1}', "{x"]
)
def test_what_is_no_list_of_nodes_is_an_error_with_its_first_line(text: str) -> None:
    with pytest.raises(NotUnderstood) as error:
        read_nodes(text)
    assert error.value.line == text.splitlines()[0]


def test_the_table_of_sinfo_tells_partitions_and_nodes() -> None:
    rows = read_sinfo((STATES / "sinfo.txt").read_text())
    assert {row.partition: (row.default, row.available, row.time_limit) for row in rows} == {
        "hpc": (True, "up", "infinite"),
        "htc": (False, "up", "2-00:00:00"),
        "night": (False, "down", "8:00:00"),
    }
    assert [node.name for row in rows if row.state == "down*" for node in row.nodes] == ["vega-hpc-10", "vega-hpc-12"]
    assert rows[-1].nodes == ()


def test_the_table_of_sinfo_gives_the_same_answer_where_it_says_enough() -> None:
    read = {node.name: node for row in read_sinfo((STATES / "sinfo.txt").read_text()) for node in row.nodes}
    same = [name for name in EXPECTED if name in read]
    assert len(same) == 8
    assert {name: read[name].ready for name in same} == {name: EXPECTED[name][2] for name in same}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("idle", ("idle", ())),
        ("drng@", ("allocated", ("drain", "reboot_requested"))),
        ("down*", ("down", ("not_responding",))),
        ("idle~", ("idle", ("powered_down",))),
        ("mix-", ("mixed", ("planned",))),
        ("allocated+", ("allocated", ("completing",))),
        ("alloc$", ("allocated", ("maintenance",))),
        ("dream#", ("dream", ("powering_up",))),
    ],
)
def test_suffixes_are_flags(state: str, words: tuple[str, tuple[str, ...]]) -> None:
    assert state_words(state) == words


def test_a_line_that_is_no_row_is_an_error() -> None:
    with pytest.raises(NotUnderstood, match="Unable to contact"):
        read_sinfo("sinfo: error: Unable to contact slurm controller\n")
