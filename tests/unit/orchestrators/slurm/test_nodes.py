"""Whether Slurm has the nodes that it should have."""

from __future__ import annotations

import pytest

from cluster_provision.errors import NotReady
from cluster_provision.orchestrators.slurm.nodes import look_at_nodes
from tests.unit.orchestrators.slurm.controllers import Controller, result, shown


def test_idle_busy_and_completing_nodes_are_up() -> None:
    states = ("IDLE", "MIXED", "ALLOCATED+COMPLETING")
    seen = look_at_nodes(Controller.of(*(shown(f"node{n}", state) for n, state in enumerate(states, 1))))
    assert seen.up == ("node1", "node2", "node3") and not seen.missing
    assert seen.text() == "3 of 3 up"


def test_drained_nodes_are_told_apart_from_those_that_do_not_answer() -> None:
    lines = (shown("node1", "IDLE+DRAIN", "disk"), shown("node2", "DOWN*", "Not responding"), shown("node3"))
    seen = look_at_nodes(Controller.of(*lines))
    assert seen.drained == {"node1": "disk"}
    assert list(seen.missing) == ["node2"] and "Not responding" in seen.missing["node2"]


def test_a_drained_node_that_is_down_is_missing() -> None:
    seen = look_at_nodes(Controller.of(shown("node1", "DOWN*+DRAIN", "disk"), shown("node2"), shown("node3")))
    assert (list(seen.missing), seen.drained) == (["node1"], {})


def test_a_node_that_slurm_does_not_know_is_missing() -> None:
    seen = look_at_nodes(Controller.of(shown("node1"), shown("node3")))
    assert seen.missing == {"node2": "not known to Slurm"}
    assert seen.text() == "2 of 3 up; node2: not known to Slurm"


def test_nodes_of_others_are_not_looked_at() -> None:
    seen = look_at_nodes(Controller.of(*(shown(f"node{n}") for n in (1, 2, 3)), shown("theirs", "DOWN")))
    assert "theirs" not in seen.states


def test_nodes_with_the_same_words_are_told_as_one_list() -> None:
    seen = look_at_nodes(Controller.of(*(shown(f"node{n}", "IDLE+DRAIN", "disk") for n in (1, 2, 3))))
    assert seen.text() == "0 of 3 up; node[1-3]: disk"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (result(err="slurm_load_node error: Unable to contact slurm controller\n", code=1), "Unable to contact"),
        (result(code=1), "no word"),
    ],
)
def test_a_silent_slurmctld_is_an_error_with_its_words(answer: object, told: str) -> None:
    controller = Controller({("scontrol",): [answer]})  # type: ignore[list-item]
    with pytest.raises(NotReady, match=f"slurmctld on head does not answer: .*{told}"):
        look_at_nodes(controller)
