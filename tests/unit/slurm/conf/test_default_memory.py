"""What a job gets that names no memory."""

from __future__ import annotations

import pytest

from cluster_provision.settings.readers.slurm.partitions import BATCH, Partition
from cluster_provision.slurm.conf.default_memory import memory_per_cpu
from cluster_provision.slurm.conf.slurm_conf import slurm_parameters
from tests.unit.slurm.clusters import cluster, node

OF_ALL = Partition("all")


def share(partition: Partition = OF_ALL, extra: tuple[tuple[str, str], ...] = ()) -> int:
    """In a cluster of a node with 2 GiB a processor, and one with 4; 95 % of these are for jobs."""
    nodes = (node(1, cpus=100, memory_mb=200 * 1024), node(2, cpus=100, memory_mb=400 * 1024))
    of = cluster(nodes=nodes, extra=extra)
    return memory_per_cpu(of, partition, slurm_parameters(of))


def test_a_job_gets_its_processors_share_of_the_nodes_with_the_least() -> None:
    assert share() == 2048 * 95 // 100
    assert share(Partition("big", ("lyra02",))) == 4096 * 95 // 100


def test_all_of_a_nodes_processors_never_ask_for_more_than_it_has() -> None:
    of = cluster(nodes=(node(1, cpus=96, memory_mb=100_003),))
    assert memory_per_cpu(of, OF_ALL, slurm_parameters(of)) * 96 <= 100_003 * 95 // 100


@pytest.mark.parametrize("key", ["DefMemPerCPU", "DefMemPerGPU", "DefMemPerNode", "MaxMemPerCPU", "MaxMemPerNode"])
def test_a_key_of_the_users_own_is_left_to_them(key: str) -> None:
    assert share(Partition("all", options=((key, "1000"),))) == 0
    assert share(extra=((key.lower(), "1000"),)) == 0


@pytest.mark.parametrize("key", ["OverSubscribe", "Shared"])
def test_a_job_with_nodes_of_its_own_has_their_memory(key: str) -> None:
    assert share(Partition("all", options=((key, "exclusive"),))) == 0
    assert share(BATCH) == 0


@pytest.mark.parametrize("extra", [("SelectTypeParameters", "CR_Core"), ("SelectType", "select/linear")])
def test_where_memory_is_not_counted_or_nodes_are_given_whole_there_is_none(extra: tuple[str, str]) -> None:
    assert share(extra=(extra,)) == 0


def test_a_partition_without_nodes_has_none() -> None:
    assert share(Partition("none", ("lyra09",))) == 0
