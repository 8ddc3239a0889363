"""The job that proves the cluster, by what srun prints of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import NodeSetupError, NotReady
from cluster_provision.orchestrators.slurm.proof import Proof, prove
from tests.unit.orchestrators.slurm.controllers import Controller, result, shown

if TYPE_CHECKING:
    from cluster_provision.fleet.command import CommandResult

MET = "proof node1 met-0\nproof node2 met-1\n"
NODES = ("node1", "node2")


def proof(answer: CommandResult) -> Proof:
    return prove(Controller.of(*map(shown, NODES), timeout=[answer]), "batch", NODES, 10)


def test_all_tasks_met() -> None:
    assert proof(result(MET)) == Proof(NODES)


def test_the_tasks_words_are_told_node_by_node() -> None:
    assert proof(result(MET)).said == ("node1: task 0, met the others", "node2: task 1, met the others")
    assert proof(result("proof node2 no-pmix\nproof node1 met-0\n")).said[1] == "node2: no PMIx here"


def test_it_runs_a_task_on_each_of_these_nodes_in_their_partition() -> None:
    controller = Controller({("timeout",): [result(MET)]})
    prove(controller, "batch", NODES, 10)
    (words,) = controller.asked
    assert {"--partition=batch", "--nodes=2", "--nodelist=node[1-2]", "--ntasks-per-node=1", "--mpi=pmix"} <= {*words}
    assert words[:4] == ("timeout", "--signal=INT", "--kill-after=20", "10m")


def test_nodes_without_the_library_are_proven_but_for_pmix() -> None:
    assert proof(result("proof node1 met-0\nproof node2 no-pmix\n")).without_pmix == ("node2",)


def test_other_lines_of_jobs_are_passed_over() -> None:
    assert proof(result(f"Welcome!\nproof of concept\n{MET}")).nodes == NODES


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (result("proof node1 met-0\nproof node2 pmix-init--25\n", code=3), "node2: pmix-init--25"),
        (result("proof node1 met-0\n", "srun: error: node2: prolog failed\n", 1), "nothing from node2"),
        (
            result("", "srun: error: Unable to allocate resources\n", 1),
            r"nothing from node\[1-2\]\n.*Unable to allocate",
        ),
        (result(MET, "slurmstepd: error: x\n", 9), "exit code 9"),
    ],
)
def test_a_failed_job_is_told_with_the_nodes_and_sruns_last_words(answer: CommandResult, told: str) -> None:
    with pytest.raises(NodeSetupError, match=told) as failed:
        proof(answer)
    assert "srun --job-name=cluster-provision-proof" in failed.value.advice


def test_a_job_that_never_came_to_run_is_unknown_and_not_broken() -> None:
    with pytest.raises(NotReady, match=r"did not end within 10 minutes on node\[1-2\]"):
        proof(result("", "srun: job 7 queued and waiting for resources\n", 124))


def test_sruns_words_are_cut_to_the_last_eight_lines() -> None:
    words = "".join(f"line {number}\n" for number in range(20))
    with pytest.raises(NodeSetupError) as failed:
        proof(result("", words, 1))
    assert "line 12" in failed.value.message and "line 11" not in failed.value.message


def test_a_node_that_was_taken_out_meanwhile_is_named_with_its_reason() -> None:
    nodes = (shown("node1", "IDLE+DRAIN", "prolog 30-scratch: /scratch is full"), shown("node2"))
    controller = Controller.of(*nodes, timeout=[result("", "srun: Prolog failure on node node1\n", 1)])
    with pytest.raises(NodeSetupError, match=r"node1: prolog 30-scratch: /scratch is full$"):
        prove(controller, "batch", NODES, 10)


def test_a_controller_that_says_nothing_any_more_keeps_the_jobs_own_words() -> None:
    controller = Controller({("timeout",): [result("", "srun: error: x\n", 1)], ("scontrol",): [result(code=1)]})
    with pytest.raises(NodeSetupError, match=r"srun: error: x$"):
        prove(controller, "batch", NODES, 10)
