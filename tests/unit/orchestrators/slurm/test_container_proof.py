"""The container job that proves the cluster, by what srun prints of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import NodeSetupError, NotReady
from cluster_provision.orchestrators.slurm.container_proof import ContainerProof, prove_containers
from tests.unit.orchestrators.slurm.controllers import Controller, result

if TYPE_CHECKING:
    from cluster_provision.fleet.command import CommandResult
    from cluster_provision.orchestrators.slurm.container_proof import Way

RAN = "contained node2\ncontained node1\n"
NODES = ("node1", "node2")
NO_NAMESPACE = "slurmstepd: error: container exec failed: unshare: operation not permitted\n"


def proof(answer: CommandResult, way: Way = "--container") -> ContainerProof:
    return prove_containers(Controller({("timeout",): [answer]}), way, "batch", NODES, 10)


def test_all_tasks_read_their_own_nodes_file() -> None:
    assert proof(result(RAN)) == ContainerProof(NODES)


def test_other_lines_of_jobs_are_passed_over() -> None:
    assert proof(result(f"Welcome!\ncontained in words of a profile\n{RAN}")).nodes == NODES


@pytest.mark.parametrize(
    ("way", "option"),
    [
        ("--container", "--container=/usr/local/lib/cluster-provision/slurm/proof-container"),
        ("Pyxis", "--container-image=/usr/local/lib/cluster-provision/slurm/proof-container.sqsh"),
    ],
)
def test_a_user_of_the_systems_runs_it_on_each_of_these_nodes(way: Way, option: str) -> None:
    controller = Controller({("timeout",): [result(RAN)]})
    prove_containers(controller, way, "batch", NODES, 10)
    (words,) = controller.asked
    assert words[4:7] == ("setpriv", "--reuid=1", "--regid=1")
    assert {"--partition=batch", "--nodes=2", "--nodelist=node[1-2]", "--ntasks-per-node=1", option} <= {*words}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (result("contained node1\n", NO_NAMESPACE, 1), "failed on node2\n  slurmstepd: error: container exec failed"),
        (result("", NO_NAMESPACE, 1), r"failed on node\[1-2\]"),
        (result("contained node1\n"), "failed on node2"),
        (result(RAN, "srun: error: node1: task 0: Exited with exit code 9\n", 9), r"failed on node\[1-2\]"),
    ],
)
def test_a_failed_job_is_told_with_the_nodes_and_why(answer: CommandResult, told: str) -> None:
    with pytest.raises(NodeSetupError, match=told) as failed:
        proof(answer)
    assert "setpriv --reuid=1" in failed.value.advice


def test_a_partition_that_takes_no_such_job_leaves_it_unknown() -> None:
    refused = "srun: error: Unable to allocate resources: User's group not permitted to use this partition\n"
    told = proof(result("", refused, 1))
    assert told.nodes == ()
    assert told.unknown == (
        "Slurm gave no nodes for it in batch: Unable to allocate resources: User's group not permitted to use this "
        "partition"
    )


def test_what_pyxis_makes_of_our_image_is_unknown_where_it_fails() -> None:
    told = proof(result("contained node1\n", "pyxis: failed to import\n", 1), "Pyxis")
    assert told == ContainerProof(("node1",), "it did not run on node2\n  pyxis: failed to import")


def test_a_job_that_never_came_to_run_is_unknown_and_not_broken() -> None:
    with pytest.raises(NotReady, match=r"did not end within 10 minutes on node\[1-2\]"):
        proof(result("", "srun: job 8 queued and waiting for resources\n", 124))
