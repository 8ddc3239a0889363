"""A cloud that is busy, or away, is left alone for as long as it asks, and no node is lost by it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cloud import NodeGroup
from node.slurm_cloud.http import CallFailed
from node.slurm_power.calls import LONGEST_QUIET, LONGEST_TOLD
from node.slurm_power.kept import Request, ask, read_kept
from node.slurm_power.work import Pass
from tests.unit.node.power.fake_slurm import faked, ready_nodes
from tests.unit.node.power.kit import CLUSTER, HPC, NOW, UP, FakeCloud, machine, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.slurm_power.cloud import Instance
    from node.slurm_power.kept import Kept
    from tests.unit.node.power.fake_slurm import FakeSlurm


@dataclass
class Busy(FakeCloud):
    """Refuses calls of these names for as long as it is told to, and counts what it is asked."""

    failure: CallFailed | None = None
    refuses: tuple[str, ...] = ("look", "create", "delete")
    asked: list[str] = field(default_factory=list)

    def look(self, groups: Sequence[NodeGroup], kept: Kept) -> list[Instance]:
        self._check("look")
        return super().look(groups, kept)

    def create(self, group: NodeGroup, nodes: Sequence[str], kept: Kept) -> None:
        self._check("create")
        super().create(group, nodes, kept)

    def delete(self, group: NodeGroup, instances: Sequence[Instance], kept: Kept) -> None:
        self._check("delete")
        super().delete(group, instances, kept)

    def _check(self, what: str) -> None:
        self.asked.append(what)
        if self.failure and what in self.refuses:
            raise self.failure


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    return faked(monkeypatch, CLUSTER)


def _look(cloud: Busy, fake: FakeSlurm, *at: float) -> list[str]:
    said = [each for now in at for each in Pass(CLUSTER, cloud).run(NOW + now)]
    fake.settle(cloud)
    return said


def test_it_is_asked_nothing_for_as_long_as_it_says(fake: FakeSlurm) -> None:
    cloud = Busy(failure=CallFailed("listing", 429, retry_after=100))
    said = _look(cloud, fake, 0, 15, 60, 99)
    assert cloud.asked == ["look"]
    assert said[1] == "the cloud is asked again in 85 s: listing: HTTP 429"
    cloud.failure = None
    _look(cloud, fake, 100)
    assert (cloud.asked, read_kept().quiet) == (["look", "look"], None)


@pytest.mark.parametrize("status", [0, 401, 503])
def test_where_it_does_not_say_how_long_the_pauses_grow(fake: FakeSlurm, status: int) -> None:
    cloud = Busy(failure=CallFailed("listing", status))
    asked_at = []
    for second in range(0, 600, 5):
        before = len(cloud.asked)
        _look(cloud, fake, second)
        asked_at += [second] * (len(cloud.asked) - before)
    assert asked_at == [0, 15, 45, 105, 225, 345, 465, 585]
    assert asked_at[-1] - asked_at[-2] == LONGEST_QUIET


def test_no_cloud_is_left_alone_for_longer_than_half_an_hour(fake: FakeSlurm) -> None:
    cloud = Busy(failure=CallFailed("listing", 503, retry_after=86_400))
    _look(cloud, fake, 0, LONGEST_TOLD - 1, LONGEST_TOLD)
    assert cloud.asked == ["look", "look"]


@pytest.mark.parametrize(("word", "nodes"), [("create", ()), ("delete", HPC)])
def test_after_a_refused_call_none_of_the_look_is_sent(
    monkeypatch: pytest.MonkeyPatch, word: str, nodes: tuple[str, ...]
) -> None:
    groups = tuple(NodeGroup(f"vega-hpc-{i}", HPC[i : i + 2]) for i in range(0, 8, 2))
    cluster = replace(CLUSTER, pools=(replace(CLUSTER.pools[0], groups=groups),))
    monkeypatch.setattr("tests.unit.node.power.kit.POOLS", cluster.pools)
    fake = faked(monkeypatch, cluster)
    fake.states |= {name: state(name, UP) for name in nodes}
    cloud = Busy({name: machine(name) for name in nodes}, failure=CallFailed(word, 429), refuses=(word,))
    ask(Request("suspend" if nodes else "resume", HPC))
    for now in (0, 1, 2):
        Pass(cluster, cloud).run(NOW + now)
    assert cloud.asked.count(word) == 1


def test_what_was_asked_for_meanwhile_comes_once_it_answers_again(fake: FakeSlurm) -> None:
    cloud = Busy(failure=CallFailed("POST", 429, retry_after=40), refuses=("create",))
    ask(Request("resume", HPC[:2]))
    _look(cloud, fake, 0, 15, 30)
    ask(Request("resume", HPC[2:3]))
    cloud.failure = None
    _look(cloud, fake, 60, 75)
    _look(cloud, fake, 90)
    assert ready_nodes(fake) == [*HPC[:3]]
    assert read_kept().holds == {}


def test_googles_refusal_of_too_many_calls_is_no_refusal_of_machines(fake: FakeSlurm) -> None:
    cloud = Busy(failure=CallFailed("POST", 403, "rateLimitExceeded", "Rate Limit Exceeded"), refuses=("create",))
    ask(Request("resume", HPC[:1]))
    _look(cloud, fake, 0, 15)
    assert (fake.states[HPC[0]].base, read_kept().holds) == ("idle", {})


def test_a_node_whose_machine_can_not_be_asked_about_is_not_called_gone(fake: FakeSlurm) -> None:
    fake.states[HPC[0]] = state(HPC[0], UP)
    cloud = Busy(failure=CallFailed("listing", 503, retry_after=600))
    _look(cloud, fake, *range(0, 600, 15))
    assert ready_nodes(fake) == [HPC[0]]
