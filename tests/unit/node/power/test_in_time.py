"""With the watch's own pauses, and a clock of the test's: what is left over is gone within four minutes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from node.slurm_cloud import watch as watched
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.watch import Watch
from node.slurm_power.intervals import Intervals
from node.slurm_power.kept import Kept, write_kept
from node.slurm_power.work import Pass
from tests.unit.node.power.fake_slurm import faked
from tests.unit.node.power.kit import CLUSTER, HPC, NOW, UP, FakeCloud, machine, state
from tests.unit.node.slurm.services import GOOGLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.node.power.fake_slurm import FakeSlurm

LIMIT = 240.0
PHASES = range(0, 60, 14)
"""Seconds since the last look at which something goes wrong."""


@dataclass
class World:
    """The controller with its clock. A look that the watch starts is over at once."""

    slurm: FakeSlurm
    cloud: FakeCloud
    intervals: Intervals = field(default_factory=Intervals)
    now: float = 0.0
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(GOOGLE, store=None)  # type: ignore[arg-type] # nothing is read there

    def pass_until(self, wanted: Callable[[], bool], limit: float) -> float:
        """Seconds until it is so; infinite where it isn't by then."""
        began = self.now
        while not wanted():
            if self.now - began > limit:
                return float("inf")
            self.watch.once(self.now)
            self.now += 1
        return self.now - began

    def look(self, *_: object, **__: object) -> None:
        Pass(CLUSTER, self.cloud, self.intervals).run(NOW + self.now)
        self.slurm.settle(self.cloud)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    made = World(faked(monkeypatch, CLUSTER), FakeCloud())
    (tmp_path / "cluster.json").write_text(CLUSTER.text())
    monkeypatch.setattr(watched, "CLUSTER_COPY", str(tmp_path / "cluster.json"))
    monkeypatch.setattr(watched, "has_joined", lambda: True)
    monkeypatch.setattr(watched, "POKE", str(tmp_path / "poke"))
    monkeypatch.setattr(watched.Watch, "_start", lambda _, what, *__, **___: what != "sync" or made.look())
    monkeypatch.setattr(watched.Watch, "_look", lambda *_: None)
    monkeypatch.setattr(watched.Watch, "_tell", lambda *_: None)
    made.slurm.states[HPC[0]] = state(HPC[0], UP)
    made.cloud.machines[HPC[0]] = machine(HPC[0])
    write_kept(Kept(wanted={HPC[0]}))
    return made


@pytest.mark.parametrize("seconds", PHASES)
@pytest.mark.parametrize("node", ["", HPC[3]])
def test_a_machine_that_no_node_wants_is_gone(world: World, seconds: int, node: str) -> None:
    world.pass_until(lambda: world.now >= 300 + seconds, 1000)
    world.cloud.machines["stray"] = replace(machine(HPC[3]), node=node, key="stray")
    world.cloud.delete = lambda *_: world.cloud.machines.pop("stray")  # type: ignore[method-assign]
    assert world.pass_until(lambda: "stray" not in world.cloud.machines, LIMIT) <= LIMIT
    assert list(world.cloud.machines) == [HPC[0]]


@pytest.mark.parametrize("seconds", PHASES)
def test_a_node_whose_machine_is_gone_is_down_for_its_jobs_and_has_another_one(world: World, seconds: int) -> None:
    world.pass_until(lambda: world.now >= 300 + seconds, 1000)
    del world.cloud.machines[HPC[0]]
    assert world.pass_until(lambda: HPC[0] in world.slurm.told, LIMIT) <= LIMIT
    assert world.pass_until(lambda: world.slurm.states[HPC[0]].ready and HPC[0] in world.cloud.machines, LIMIT) <= LIMIT


@pytest.mark.parametrize("status", [0, 429, 503])
def test_a_cloud_that_was_busy_for_a_minute_costs_no_more_than_its_pause(world: World, status: int) -> None:
    world.pass_until(lambda: world.now >= 300, 1000)
    world.cloud.machines["stray"] = replace(machine(HPC[3]), node="", key="stray")
    look, until = world.cloud.look, world.now + 60

    def busy(*given: object) -> object:
        if world.now < until:
            raise CallFailed("listing", status)
        return look(*given)  # type: ignore[arg-type]

    world.cloud.look = busy  # type: ignore[method-assign, assignment]
    world.cloud.delete = lambda *_: world.cloud.machines.pop("stray")  # type: ignore[method-assign]
    assert world.pass_until(lambda: "stray" not in world.cloud.machines, LIMIT) <= LIMIT


def test_drills_shorten_what_is_waited_for(world: World) -> None:
    world.intervals = Intervals(orphan=1, ghost=1)
    world.pass_until(lambda: world.now >= 300, 1000)
    world.cloud.machines["stray"] = replace(machine(HPC[3]), node="", key="stray")
    world.cloud.delete = lambda *_: world.cloud.machines.pop("stray")  # type: ignore[method-assign]
    ordinary = Intervals().orphan
    assert world.pass_until(lambda: "stray" not in world.cloud.machines, LIMIT) < ordinary


def test_the_arguments_of_sync_are_the_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    from node.slurm_power import __main__ as command

    given: list[Intervals] = []
    monkeypatch.setattr(command.os, "geteuid", lambda: 0)
    monkeypatch.setattr(command, "sync", lambda intervals: given.append(intervals) or [])
    assert command.main(["slurm-nodes", "sync"]) == 0
    assert command.main(["slurm-nodes", "sync", "--orphan=1.5", "--longest-hold", "7"]) == 0
    assert given == [Intervals(), Intervals(orphan=1.5, longest_hold=7.0)]
