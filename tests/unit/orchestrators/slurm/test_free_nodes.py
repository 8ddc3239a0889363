"""Which nodes a measurement can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import NotReady
from cluster_provision.orchestrators.slurm.free_nodes import COMPLETING_SECONDS, FreeNodes, free_nodes
from cluster_provision.readiness.polling import Poll
from tests.unit.orchestrators.slurm.machines import Machines, Node, lyra, said

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.fleet.command import CommandResult


def free(machines: Machines, paused: Callable[[], None] = lambda: None) -> FreeNodes:
    """`paused` is done in each pause, which takes no time but the clock's."""
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds
        paused()

    return free_nodes(machines, Poll(COMPLETING_SECONDS, lambda: now[0], pause))


def test_nodes_whose_job_has_just_ended_are_waited_for() -> None:
    machines = Machines(lyra(2, state="IDLE+COMPLETING"))

    def complete() -> None:
        machines.nodes = lyra(2)

    assert free(machines, complete).nodes == ("lyra01", "lyra02")


def test_a_node_that_stays_completing_is_left_out() -> None:
    found = free(Machines({**lyra(2), "lyra03": Node("ALLOCATED+COMPLETING")}))
    assert (found.nodes, found.left_out) == (("lyra01", "lyra02"), {"lyra03": "busy with other jobs"})


@pytest.mark.parametrize("state", ["IDLE+RESERVED", "IDLE+MAINTENANCE"])
def test_reserved_nodes_are_left_out(state: str) -> None:
    assert free(Machines({**lyra(1), "lyra02": Node(state)})).left_out == {"lyra02": "reserved"}


def test_nodes_that_do_not_answer_or_are_unknown_to_slurm_are_left_out() -> None:
    class Forgotten(Machines):
        @property
        def slurm_nodes(self) -> tuple[str, ...]:
            return (*self.nodes, "lyra09")

    found = free(Forgotten({**lyra(1), "lyra02": Node("IDLE*")}))
    assert found.nodes == ("lyra01",)
    assert found.left_out == {"lyra02": "idle+not_responding", "lyra09": "not known to Slurm"}


def test_nodes_with_gpus_come_before_more_nodes_without() -> None:
    nodes = {**lyra(3, gres=0, gpus=0, partitions="cpu"), "gpu1": Node(partitions="gpu")}
    found = free(Machines(nodes))
    assert (found.partition, found.nodes, found.gpus) == ("gpu", ("gpu1",), 8)


def test_the_partition_with_most_of_the_nodes_is_taken() -> None:
    nodes = {**lyra(3, partitions="debug,batch"), "lyra04": Node(partitions="batch")}
    found = free(Machines(nodes))
    assert (found.partition, len(found.nodes), found.left_out) == ("batch", 4, {})


def test_a_controller_that_does_not_answer_is_not_ready() -> None:
    class Silent(Machines):
        def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
            return said("", "slurm_load_nodes error: Unable to contact slurm controller (connect failure)", 1)

    with pytest.raises(NotReady, match="head does not answer: slurm_load_nodes error"):
        free(Silent(lyra(2)))
