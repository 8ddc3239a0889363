"""What Slurm says becomes metrics, and lists of machines to ask: a node that is off is in none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from node.slurm.monitoring import collect

if TYPE_CHECKING:
    from pathlib import Path

MACHINES = [
    {"name": "head", "address": "10.0.0.1", "part": "controller", "comes_and_goes": False, "gpu_exporter": False},
    {"name": "hpc-1", "address": "hpc-1", "part": "node", "comes_and_goes": True, "gpu_exporter": True},
    {"name": "hpc-2", "address": "hpc-2", "part": "node", "comes_and_goes": True, "gpu_exporter": True},
]


def row(name: str, state: str = "idle", **more: str) -> str:
    """A line of sinfo."""
    given = {
        "NodeAddr": name,
        "Partition": "hpc",
        "CPUsState": "0/8/0/8",
        "Gres": "(null)",
        "GresUsed": "gpu:0",
        "Reason": "none",
    }
    fields = {"NodeList": name, "StateLong": state, **given, **more}
    return "".join(fields[column].ljust(width) for column, width in collect.COLUMNS)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the program on what sinfo and squeue say, None for no answer; returns its metrics and its lists by name."""

    def run(sinfo: str | None, squeue: str | None = "") -> tuple[list[str], dict[str, Any]]:
        monkeypatch.setattr(collect, "output", lambda *argv: {"sinfo": sinfo, "squeue": squeue}[argv[0]])
        monkeypatch.setattr(collect.time, "time", lambda: 1000.0)
        (tmp_path / "machines.json").write_text(json.dumps(MACHINES))
        collect.main(str(tmp_path / "machines.json"), str(tmp_path / "slurm.prom"), str(tmp_path))
        lines = [line for line in (tmp_path / "slurm.prom").read_text().splitlines() if not line.startswith("#")]
        return lines, {name: json.loads((tmp_path / f"{name}.json").read_text()) for name in ("node", "gpu")}

    return run


def targets(listed: list[dict[str, Any]]) -> dict[str, str]:
    return {each["labels"]["instance"]: each["targets"][0] for each in listed}


def test_every_machine_that_is_on_is_asked_where_slurm_has_it(run: Any) -> None:
    _, lists = run("\n".join([row("hpc-1", NodeAddr="fd00::5"), row("hpc-2", NodeAddr="hpc-2")]))
    assert targets(lists["node"]) == {"head": "10.0.0.1:9100", "hpc-1": "[fd00::5]:9100", "hpc-2": "hpc-2:9100"}
    assert targets(lists["gpu"]) == {"hpc-1": "[fd00::5]:9400", "hpc-2": "hpc-2:9400"}


@pytest.mark.parametrize("state", ["idle~", "drained~", "idle#", "idle%", "powered_down", "powering_up"])
def test_a_node_that_is_off_or_on_its_way_is_not_asked(run: Any, state: str) -> None:
    assert [*targets(run("\n".join([row("hpc-1"), row("hpc-2", state)]))[1]["node"])] == ["head", "hpc-1"]


@pytest.mark.parametrize("state", ["down*", "drained", "allocated!", "idle*"])
def test_a_node_that_should_be_on_is_asked_though_slurm_does_not_reach_it(run: Any, state: str) -> None:
    assert "hpc-2" in targets(run("\n".join([row("hpc-1"), row("hpc-2", state)]))[1]["node"])


def test_lists_stay_as_they_are_while_slurm_does_not_answer(run: Any) -> None:
    before = run("\n".join([row("hpc-1"), row("hpc-2", "idle~")]))[1]
    lines, after = run(None)
    assert after == before
    assert lines == ["cluster_slurm_up 0", "cluster_slurm_looked_seconds 1000"]


def test_without_any_answer_yet_only_machines_that_stand_are_asked(run: Any) -> None:
    assert [*targets(run(None)[1]["node"])] == ["head"]


def test_a_node_of_two_partitions_counts_once(run: Any) -> None:
    rows = [row("hpc-1"), row("hpc-1", Partition="all*"), row("hpc-2", "mixed~")]
    lines = run("\n".join(rows))[0]
    assert 'cluster_slurm_nodes{state="idle"} 1' in lines and 'cluster_slurm_nodes{state="off"} 1' in lines
    assert 'cluster_slurm_partition_nodes{partition="all",state="idle"} 1' in lines


@pytest.mark.parametrize(
    ("gres", "count"),
    [("(null)", 0), ("gpu:2", 2), ("gpu:h100:8(S:0-1)", 8), ("gpu:a100:1(IDX:0),gpu:h100:2(IDX:1-2),shard:4", 3)],
)
def test_gpus_are_counted_of_all_types_and_nothing_else_is(gres: str, count: int) -> None:
    assert collect.gpus_in(gres) == count


def test_gpus_and_cpus_of_nodes_that_are_off_are_not_counted_as_free(run: Any) -> None:
    used = {"Gres": "gpu:h100:8(S:0-1)", "GresUsed": "gpu:h100:3(IDX:0-2)", "CPUsState": "6/1/1/8"}
    lines = run("\n".join([row("hpc-1", "mixed", **used), row("hpc-2", "idle~", **used)]))[0]
    assert [line for line in lines if line.startswith(("cluster_slurm_gpus", "cluster_slurm_cpus"))] == [
        'cluster_slurm_gpus{state="allocated"} 3',
        'cluster_slurm_gpus{state="free"} 5',
        'cluster_slurm_cpus{state="allocated"} 6',
        'cluster_slurm_cpus{state="free"} 1',
        'cluster_slurm_cpus{state="other"} 1',
    ]


@pytest.mark.parametrize("reason", ["cluster-provision: capacity: STOCKOUT", "ResumeTimeout reached [slurm@now]"])
def test_nodes_that_did_not_come_are_counted(run: Any, reason: str) -> None:
    lines = run("\n".join([row("hpc-1", "down~", Reason=reason), row("hpc-2", "drained", Reason="fan broken")]))[0]
    assert "cluster_slurm_nodes_never_came 1" in lines


def test_jobs_are_counted_by_partition_and_state_and_waits_by_the_first_word_of_their_reason(run: Any) -> None:
    queue = [
        "hpc|RUNNING|None|400",
        "hpc|PENDING|Resources|700",
        "hpc|PENDING|ReqNodeNotAvail, UnavailableNodes:hpc-[3-4]|900",
        "big|PENDING|(null)|",
    ]
    lines = run("", "\n".join(queue))[0]
    assert [line for line in lines if line.startswith(("cluster_slurm_jobs", "cluster_slurm_longest"))] == [
        'cluster_slurm_jobs{partition="big",state="pending"} 1',
        'cluster_slurm_jobs{partition="hpc",state="pending"} 2',
        'cluster_slurm_jobs{partition="hpc",state="running"} 1',
        'cluster_slurm_jobs_pending{partition="big",reason="unknown"} 1',
        'cluster_slurm_jobs_pending{partition="hpc",reason="ReqNodeNotAvail"} 1',
        'cluster_slurm_jobs_pending{partition="hpc",reason="Resources"} 1',
        'cluster_slurm_longest_wait_seconds{partition="hpc"} 300',
    ]


def test_a_value_that_ends_a_label_is_escaped() -> None:
    assert collect.quoted('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'


def test_a_program_that_fails_or_is_missing_gave_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    assert (collect.output("false"), collect.output("/nowhere")) == (None, None)
    assert "/nowhere" in capfd.readouterr().err
