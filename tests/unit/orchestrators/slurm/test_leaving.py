"""Nodes that leave the cluster: no job runs on them any more when they are given back."""

from __future__ import annotations

import pytest

from cluster_provision.errors import CommandFailed, NotReady
from cluster_provision.orchestrators.slurm import leaving
from cluster_provision.orchestrators.slurm.leaving import REASON, stay, take_leave
from cluster_provision.orchestrators.slurm.nodes import look_at_nodes
from tests.unit.orchestrators.slurm.controllers import Controller, result, shown


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster_provision.readiness.polling.time.sleep", lambda _: None)


def leave(controller: Controller, minutes: int = 1) -> list[str]:
    """What was shown meanwhile."""
    told: list[str] = []
    take_leave(controller, ["node1", "node2"], minutes, told.append)
    return told


def test_each_node_is_drained_with_the_tools_reason_and_jobs_are_waited_for() -> None:
    controller = Controller.of(squeue=[result("17\n18\n"), result("17\n"), result("")])
    assert leave(controller) == ["2 jobs still run on node[1-2]", "1 jobs still run on node[1-2]"]
    assert controller.updates == [(f"nodename=node{n}", "state=drain", f"reason={REASON}") for n in (1, 2)]
    (asked, *_) = [words for words in controller.asked if words[0] == "squeue"]
    assert asked[-2:] == ("--nodelist", "node[1-2]")


def test_a_node_that_slurm_does_not_know_has_no_jobs() -> None:
    controller = Controller.of(squeue=[result("")])
    refused = result(err="slurm_update error: Invalid node name specified\n", code=1)
    controller.answers[("scontrol", "update")] = [refused]
    assert leave(controller) == []
    assert not [words for words in controller.asked if words[0] == "squeue"]


def test_another_refusal_is_an_error() -> None:
    controller = Controller.of(squeue=[result("")])
    controller.answers[("scontrol", "update")] = [result(err="slurm_update error: Access denied\n", code=1)]
    with pytest.raises(CommandFailed, match="Access denied"):
        leave(controller)


def test_jobs_that_run_on_end_the_wait_with_their_numbers() -> None:
    with pytest.raises(NotReady, match=r"jobs still run on node\[1-2\], which leave the cluster: 17, 18") as failed:
        leave(Controller.of(squeue=[result("17\n18\n")]), minutes=0)
    assert "scancel 17 18" in failed.value.advice


def test_nodes_that_were_to_leave_and_are_wanted_again_are_put_back() -> None:
    lines = (shown("node1", "IDLE+DRAIN", REASON), shown("node2", "IDLE+DRAIN", "fan", "ann"), shown("node3"))
    controller = Controller.of(*lines)
    assert stay(controller, look_at_nodes(controller))
    assert controller.updates == [("nodename=node1", "state=resume")]


def test_where_none_was_to_leave_nothing_is_changed() -> None:
    controller = Controller.of(*(shown(f"node{n}") for n in (1, 2, 3)))
    assert not stay(controller, look_at_nodes(controller))
    assert controller.updates == []


def test_the_reason_is_one_of_the_tools_own() -> None:
    from cluster_provision.slurm.outputs.drain_reasons import LEAVE, OURS, judge_reason

    judged = judge_reason(leaving.REASON, "root")
    assert (judged.whose, judged.undrain) == (OURS, LEAVE)
