"""A Ray cluster is what all nodes' own records agree on."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from cluster_provision.clouds.base import GroupError, Machine
from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.errors import CapacityError, NotReady
from cluster_provision.node import Node, NodeSummary
from cluster_provision.readiness.group_problems import GroupProblems
from cluster_provision.readiness.polling import Poll
from cluster_provision.readiness.ray import RayCluster, wait_for_head, wait_for_ray

HEAD, OTHER = Node("head", instance_id="1"), Node("other", instance_id="2")


@dataclass
class Records:
    """A store whose listing changes from look to look; the last one stays."""

    looks: list[list[NodeSummary]]
    listings: int = 0

    def node_summaries(self) -> list[NodeSummary]:
        self.listings += 1
        return self.looks[min(self.listings, len(self.looks)) - 1]


class Time:
    """A clock that only a sleep moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def poll() -> Poll:
    time = Time()
    return Poll(60, lambda: time.now, time.sleep)


def said(node: Node, ray: str | None, gpus: int = 0) -> NodeSummary:
    return NodeSummary(node.name, "ready", "done", node.instance_id, ray=ray, ray_gpus=gpus)


def wait(*looks: list[NodeSummary]) -> RayCluster:
    return wait_for_ray([HEAD, OTHER], "head", Records(list(looks)), poll(), lambda *_: None)  # type: ignore[arg-type]


def test_the_cluster_is_whole_when_all_name_the_one_that_the_head_runs() -> None:
    found = wait([said(HEAD, "c2", 2), said(OTHER, "c1", 2)], [said(HEAD, "c2", 2), said(OTHER, "c2", 2)])
    assert (found.joined, found.text()) == (("head", "other"), "2 of 2 nodes, 4 GPUs")


@pytest.mark.parametrize("ray", ["", "c1"], ids=["in none", "in a former head's"])
def test_a_node_that_is_not_in_the_heads_cluster_is_named(ray: str) -> None:
    with pytest.raises(NotReady, match="not in the Ray cluster of head: other"):
        wait([said(HEAD, "c2"), said(OTHER, ray)])


def test_nobody_is_in_the_cluster_of_a_head_that_runs_none() -> None:
    with pytest.raises(NotReady, match="of head: head, other"):
        wait([said(HEAD, ""), said(OTHER, "")])


def test_the_record_of_a_former_machine_proves_nothing() -> None:
    former = NodeSummary("other", "ready", "done", "0", ray="c1")
    with pytest.raises(NotReady, match="of head: other"):
        wait([said(HEAD, "c1"), former])


def test_a_machine_that_was_made_without_ray_is_not_waited_for() -> None:
    records = Records([[said(HEAD, "c1"), said(OTHER, None)]])
    with pytest.raises(NotReady, match="made without Ray: other"):
        wait_for_ray([HEAD, OTHER], "head", records, poll(), lambda *_: None)  # type: ignore[arg-type]
    assert records.listings == 1


def test_the_head_is_known_before_it_runs() -> None:
    looks = iter([[Machine("vm", "2", "z", group="others")], [Machine("h", "", "z", group="heads")]])
    problems = GroupProblems(lambda: [], kind_of, 600, lambda _: None)
    assert wait_for_head("heads", 2, lambda: next(looks), problems, poll(), lambda *_: None).name == "h"


def test_a_head_that_can_not_be_had_is_the_clouds_error() -> None:
    exhausted = GroupError("ZONE_RESOURCE_POOL_EXHAUSTED: no more", "", datetime.now(UTC))
    problems = GroupProblems(lambda: [exhausted], kind_of, 600, lambda _: None)
    with pytest.raises(CapacityError, match=r"group heads has no machine: .*no more"):
        wait_for_head("heads", 2, lambda: [], problems, poll(), lambda *_: None)
