"""Settings that would delete nodes which are on are refused before anything is made."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cluster_provision.errors import StateStoreError
from cluster_provision.orchestrators.slurm.description import look_at_nodes_that_go, look_at_storage
from cluster_provision.settings.readers.slurm.shared_storage import ON_CONTROLLER, SharedStorage
from cluster_provision.slurm.cloud import CloudCluster, NodeGroup, Pool


def cluster(**pools: int) -> CloudCluster:
    made = tuple(
        Pool(
            name,
            (NodeGroup(f"demo-{name}-mig", tuple(f"demo-{name}-{n + 1}" for n in range(count))),),
            0,
            2,
            1,
            1,
            2,
            8,
        )
        for name, count in pools.items()
    )
    return CloudCluster("gcp", "demo", {}, "p", "demo-controller", pools=made)


def store(before: CloudCluster | None) -> Any:
    text = replace(before, proof="first").text() if before else None
    return cast("Any", SimpleNamespace(exists=lambda: True, read=lambda name: text))


def looked(before: CloudCluster | None, now: CloudCluster, *on: str) -> Any:
    return look_at_nodes_that_go(store(before), now.nodes, lambda pools: on)


@pytest.mark.parametrize(
    ("now", "on", "named"),
    [
        (cluster(hpc=2), ("demo-hpc-1", "demo-hpc-3", "demo-hpc-4"), "demo-hpc-[3-4]"),
        (cluster(hpc=4), ("demo-hpc-1", "demo-big-1"), "demo-big-1"),
        (cluster(hpc=4), ("abc000003",), "abc000003"),
    ],
    ids=["fewer nodes", "a partition less", "a machine without a name yet"],
)
def test_nodes_that_are_on_are_named_with_what_to_do(now: CloudCluster, on: tuple[str, ...], named: str) -> None:
    found = looked(cluster(hpc=4, big=1), now, *on)
    (failure,) = found.failures
    assert f"{named} would no longer be in the cluster" in failure.message
    assert f"Suspend '{named}'" in failure.advice


def test_nodes_that_are_off_may_go() -> None:
    found = looked(cluster(hpc=4), cluster(hpc=2), "demo-hpc-1")
    assert (found.failures, found.checks[0].status) == ((), "ok")


@pytest.mark.parametrize("before", [None, cluster(hpc=2)], ids=["a first Create", "more nodes than before"])
def test_nothing_is_looked_at_where_no_node_goes(before: CloudCluster | None) -> None:
    def asked(pools: object) -> list[str]:
        raise AssertionError

    found = look_at_nodes_that_go(store(before), cluster(hpc=4).nodes, asked)
    assert (found.checks, found.failures) == ((), ())


def test_nodes_of_a_description_that_can_not_be_read_are_unknown() -> None:
    other = cast("Any", SimpleNamespace(exists=lambda: True, read=lambda name: '{"schema": 2}'))
    found = look_at_nodes_that_go(other, cluster(hpc=4).nodes, lambda pools: ())
    assert found.checks[0].status == "unknown"
    assert isinstance(found.failures[0], StateStoreError)


def test_homes_stay_where_they_are() -> None:
    before = replace(cluster(hpc=1), storage="controller")
    (failure,) = look_at_storage(store(before), SharedStorage("nfs", "filer", "/vol")).failures
    assert "SHARED_STORAGE=nfs:filer:/vol: the cluster's homes are in controller" in failure.message
    assert look_at_storage(store(before), ON_CONTROLLER).failures == ()
