"""A look, from the requests to the calls: against made-up Slurm and cloud."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist
from cluster_provision.slurm.cloud import NodeGroup, Pool
from node.machine.programs import Failure
from node.slurm_cloud.http import CallFailed
from node.slurm_power import slurm
from node.slurm_power.intervals import Intervals
from node.slurm_power.kept import Kept, Request, ask, read_kept, requests, write_kept
from node.slurm_power.work import Pass, unsettled
from tests.unit.node.power.fake_slurm import faked, ready_nodes
from tests.unit.node.power.kit import CLUSTER, HPC, NOW, OFF, STARTING, UP, FakeCloud, machine, state

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.slurm.cloud import CloudCluster
    from tests.unit.node.power.fake_slurm import FakeSlurm


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    return faked(monkeypatch, CLUSTER)


def _looks(cluster: CloudCluster, fake: FakeSlurm, cloud: FakeCloud, count: int, now: float = NOW) -> float:
    for _ in range(count):
        Pass(cluster, cloud).run(now)
        fake.settle(cloud)
        now += 15
    return now


def test_a_request_is_carried_out_and_taken_off(fake: FakeSlurm) -> None:
    cloud = FakeCloud()
    ask(Request("resume", ("vega-hpc-6", "vega-hpc-7")))
    _looks(CLUSTER, fake, cloud, 2)
    assert cloud.created == [("vega-hpc-6", "vega-hpc-7")]
    assert ready_nodes(fake) == ["vega-hpc-6", "vega-hpc-7"]
    assert requests() == {}


def test_a_suspend_leads_back_to_off(fake: FakeSlurm) -> None:
    cloud = FakeCloud()
    ask(Request("resume", ("vega-hpc-6",)))
    now = _looks(CLUSTER, fake, cloud, 3)
    ask(Request("suspend", ("vega-hpc-6",)))
    _looks(CLUSTER, fake, cloud, 3, now)
    assert (cloud.machines, ready_nodes(fake)) == ({}, [])
    assert fake.states["vega-hpc-6"].flags == OFF[1:]


def test_a_quota_that_refuses_the_call_gives_the_node_back_and_tells_its_jobs(fake: FakeSlurm) -> None:
    cloud = FakeCloud(refusal=CallFailed("POST", 403, "quotaExceeded", "Quota 'GPUS' exceeded."))
    ask(Request("resume", ("vega-hpc-6",)))
    _looks(CLUSTER, fake, cloud, 2)
    assert "quotaExceeded" in fake.states["vega-hpc-6"].reason
    assert "Quota 'GPUS' exceeded." in fake.told["vega-hpc-6"]
    assert read_kept().holds["hpc"].code == "quotaExceeded"


@pytest.mark.parametrize("status", [0, 429, 503])
def test_a_cloud_that_is_busy_or_away_is_asked_again_at_the_next_look(fake: FakeSlurm, status: int) -> None:
    cloud = FakeCloud(refusal=CallFailed("POST", status))
    ask(Request("resume", ("vega-hpc-6",)))
    now = _looks(CLUSTER, fake, cloud, 2)
    cloud.refusal = None
    _looks(CLUSTER, fake, cloud, 2, now)
    assert ready_nodes(fake) == ["vega-hpc-6"]
    assert read_kept().holds == {}


def test_while_the_cloud_can_not_be_looked_at_no_node_is_called_gone(fake: FakeSlurm) -> None:
    fake.states["vega-hpc-1"] = state("vega-hpc-1", UP)
    _looks(CLUSTER, fake, FakeCloud(is_away=True), 5)
    assert ready_nodes(fake) == ["vega-hpc-1"]


def test_with_autoscaling_jobs_get_no_nodes_beyond_the_cost_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = replace(CLUSTER, max_hourly_cost=21.0, fixed_hourly=1.0, suspend_time=300)
    fake, cloud = faked(monkeypatch, cluster), FakeCloud()
    fake.states |= {name: state(name, STARTING) for name in expand_hostlist("vega-hpc-[1-4]")}
    _looks(cluster, fake, cloud, 2)
    assert cloud.created == [("vega-hpc-1", "vega-hpc-2")]
    assert "MAX_HOURLY_COST" in fake.states["vega-hpc-3"].reason


def test_where_machines_belong_together_none_comes_if_one_would_cost_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    pools = (replace(CLUSTER.pools[0], together=True), CLUSTER.pools[1])
    cluster = replace(CLUSTER, max_hourly_cost=21.0, fixed_hourly=1.0, suspend_time=300, pools=pools)
    fake, cloud = faked(monkeypatch, cluster), FakeCloud()
    fake.states |= {name: state(name, STARTING) for name in expand_hostlist("vega-hpc-[1-4]")}
    _looks(cluster, fake, cloud, 2)
    assert (cloud.created, ready_nodes(fake)) == ([], [])
    assert "MAX_HOURLY_COST" in fake.states["vega-hpc-1"].reason


def test_where_machines_belong_together_one_refused_call_ends_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = NodeGroup("vega-hpc-a", HPC[:2]), NodeGroup("vega-hpc-b", HPC[2:4])
    third = NodeGroup("vega-hpc-c", HPC[4:6])
    pool = replace(CLUSTER.pools[0], groups=(first, second, third), together=True)
    cluster = replace(CLUSTER, pools=(pool,))
    fake, cloud = faked(monkeypatch, cluster), FakeCloud(refused_groups={"vega-hpc-b"})
    monkeypatch.setattr("tests.unit.node.power.kit.POOLS", cluster.pools)
    ask(Request("resume", pool.nodes))
    _looks(cluster, fake, cloud, 4)
    assert cloud.created == [HPC[:2], HPC[2:4]]
    assert (cloud.machines, ready_nodes(fake)) == ({}, [])


def test_a_thousand_nodes_take_two_calls_a_hundred_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = tuple(f"vega-big-{i}" for i in range(1, 1001))
    cluster = replace(CLUSTER, pools=(Pool("big", (NodeGroup("vega-big-mig", nodes),), 0, 8, 1, 4, 2, 32_000),))
    fake, cloud = faked(monkeypatch, cluster), FakeCloud()
    monkeypatch.setattr("tests.unit.node.power.kit.POOLS", cluster.pools)
    ask(Request("resume", nodes))
    _looks(cluster, fake, cloud, 3)
    assert len(ready_nodes(fake)) == 1000
    assert Counter(map(len, cloud.created)) == {100: 10}


class Killed(BaseException):
    """SIGKILL, as far as a test can have it."""


@pytest.mark.parametrize("seed", range(25))
def test_whatever_kills_a_look_the_next_ones_lead_to_what_was_asked(
    fake: FakeSlurm, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)  # noqa: S311
    cloud = FakeCloud(no_room={"vega-htc-1"})

    def deadly(target: object, name: str) -> None:
        real = getattr(target, name)

        def call(*arguments: object) -> object:
            if chance.random() < 0.15:
                raise Killed
            told = real(*arguments)
            if chance.random() < 0.15:
                raise Killed
            return told

        monkeypatch.setattr(target, name, call)

    ask(Request("resume", ("vega-hpc-6", "vega-hpc-7", "vega-htc-1")))
    with monkeypatch.context() as patched:
        monkeypatch = patched
        for target, name in ((slurm, "update"), (cloud, "create"), (cloud, "delete"), (cloud, "look")):
            deadly(target, name)
        now = NOW
        for _ in range(8):
            with contextlib.suppress(Killed):
                Pass(CLUSTER, cloud).run(now)
            fake.settle(cloud)
            now += 15
        ask(Request("suspend", ("vega-hpc-7",)))
    now = _looks(CLUSTER, fake, cloud, 6, now)
    cloud.no_room.clear()
    _looks(CLUSTER, fake, cloud, 8, now + Intervals().longest_hold)
    assert sorted(cloud.machines) == ready_nodes(fake) == ["vega-hpc-6", "vega-htc-1"]
    assert not [each for each in fake.states.values() if each.base == "down"]


def test_what_is_kept_is_read_again_as_it_was() -> None:
    kept = Kept(wanted={"a"}, raised={"hpc": 2}, unnamed={"g": ["b"]}, problems={"c": ["code", "why"]})
    write_kept(kept)
    assert read_kept() == kept


@pytest.mark.parametrize("damaged", ["", "{", "[]"])
def test_what_is_kept_and_can_not_be_read_ends_the_look_and_stays(fake: FakeSlurm, disk: Path, damaged: str) -> None:
    (disk / "state.json").write_text(damaged)
    cloud = FakeCloud({"vega-hpc-6": machine("vega-hpc-6")})
    for now in (NOW, NOW + 120):
        with pytest.raises(Failure, match=r"state\.json"):
            Pass(CLUSTER, cloud).run(now)
    assert ((disk / "state.json").read_text(), cloud.deleted) == (damaged, [])
    assert unsettled(CLUSTER)


def test_a_machine_of_a_node_that_is_off_is_gone_within_four_minutes(fake: FakeSlurm) -> None:
    cloud = FakeCloud({"vega-hpc-6": machine("vega-hpc-6")})
    Pass(CLUSTER, cloud).run(NOW)
    Pass(CLUSTER, cloud).run(NOW + 60)
    Pass(CLUSTER, cloud).run(NOW + 120)
    assert cloud.machines == {}
