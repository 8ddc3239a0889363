"""Nodes that a person takes out and puts back; the tool's own reasons are left alone."""

from __future__ import annotations

import pytest

from cluster_provision.errors import CommandFailed
from cluster_provision.orchestrators.slurm.drain import REASON, drain, undrain
from tests.unit.orchestrators.slurm.controllers import Controller, result, shown

DRAINED = "IDLE+DRAIN"


def test_nodes_are_drained_at_once_with_a_reason() -> None:
    controller = Controller.of(*(shown(f"node{n}") for n in (1, 2, 3)))
    assert drain(controller, ["node1", "node2"]).startswith("node[1-2] gets no new jobs. Jobs that run go on")
    assert controller.updates == [("nodename=node[1-2]", "state=drain", f"reason={REASON}")]


def test_a_node_that_is_drained_already_keeps_its_reason() -> None:
    controller = Controller.of(shown("node1", DRAINED, "fan broken", "ann"), shown("node2"), shown("node3"))
    assert "node1 was drained already: fan broken" in drain(controller, ["node1"])
    assert controller.updates == []


def test_a_persons_reason_is_undone() -> None:
    controller = Controller.of(shown("node1", DRAINED, REASON), shown("node2", DRAINED, "fan", "ann"), shown("node3"))
    told = undrain(controller, ["node1", "node2", "node3"])
    assert told == "node[1-2] gets jobs again; not drained: node3."
    assert controller.updates == [("nodename=node[1-2]", "state=resume")]


@pytest.mark.parametrize(
    "reason",
    [
        "cluster-provision: health: 7 of 8 GPUs",
        "cluster-provision: leaves the cluster",
        "cluster-provision: off: on purpose",
        "NHC: check_hw",
        "Not responding",
    ],
)
def test_what_comes_back_by_itself_stays_drained_and_is_told(reason: str) -> None:
    controller = Controller.of(shown("node1", DRAINED, reason), shown("node2", DRAINED, "fan", "ann"), shown("node3"))
    with pytest.raises(CommandFailed, match="node2 gets jobs again; these stay drained") as failed:
        undrain(controller, ["node1", "node2"])
    assert f"node1: {reason}" in failed.value.message
    assert controller.updates == [("nodename=node2", "state=resume")]


def test_a_reason_of_the_tools_that_a_person_wrote_is_the_persons() -> None:
    lines = (shown("node1", DRAINED, "health: seen by ann", "ann"), shown("node2"), shown("node3"))
    assert undrain(Controller.of(*lines), ["node1"]) == "node1 gets jobs again."


def test_an_update_that_slurm_refuses_is_an_error() -> None:
    controller = Controller.of(*(shown(f"node{n}") for n in (1, 2, 3)))
    controller.answers[("scontrol", "update")] = [result(err="slurm_update error: Access denied\n", code=1)]
    with pytest.raises(CommandFailed, match="head: slurm_update error: Access denied"):
        drain(controller, ["node1"])
