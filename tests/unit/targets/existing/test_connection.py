"""The last lines of Create: commands that work when they are typed."""

from __future__ import annotations

from typing import Any

import pytest

from cluster_provision.node import Node
from cluster_provision.settings import load
from cluster_provision.targets.existing.connection import slurm_part

NODES = ("n1", "n2", "n3")


def part_of(*up: str, partitions: str = "", nodes: str = "n[1-3]") -> Any:
    environ = {"CLOUD": "existing", "NAME_PREFIX": "vega", "NODES": nodes, "CONTROLLER": "head"}
    settings: Any = load({**environ, "PARTITIONS": partitions}, "Create").settings
    machines = [Node(name, status="ready" if name in up else "drained") for name in settings.compute]
    return slurm_part(settings, [Node("head", status="ready"), *machines])


def test_a_job_asks_for_all_nodes_where_all_are_up() -> None:
    part = part_of(*NODES)
    assert part.text.splitlines() == [
        "Slurm runs on 3 nodes, its controller on head. There, or where users log in:",
        "  sinfo",
        "  srun --nodes=3 hostname",
    ]


@pytest.mark.parametrize(
    ("up", "partitions", "job"),
    [
        (("n1", "n2"), "", "srun --nodes=2 hostname"),
        (NODES, "a:Nodes=n[1-2];b:Nodes=n3", "srun --nodes=2 hostname"),
        (NODES, "a:Nodes=n[1-2];b:Nodes=n3,Default=YES", "srun --nodes=1 hostname"),
        (("n2", "n3"), "a:Nodes=n[1-2];b:Nodes=n3", "srun --nodes=1 hostname"),
        ((), "", None),
        (("n3",), "a:Nodes=n[1-2];b:Nodes=n3", None),
    ],
)
def test_a_job_asks_for_no_more_nodes_than_the_default_partition_has_up(up, partitions, job) -> None:
    part = part_of(*up, partitions=partitions)
    assert part.values.get("job") == job and ("srun" in part.text) == (job is not None)


def test_nodes_that_are_not_up_are_counted() -> None:
    assert part_of("n1").text.startswith("Slurm runs on 1 of 3 nodes, its controller on head.")


def test_one_node_is_one() -> None:
    assert part_of("n1", nodes="n1").text.startswith("Slurm runs on 1 node, its controller on head.")
