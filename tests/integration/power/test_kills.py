"""slurm-nodes is killed at work, again and again: what comes after leads to what was asked for, on either cloud."""

from __future__ import annotations

import os
import random
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from node.slurm_power.phases import IS_OFF, ON, phase_of
from tests.integration.power.controller import SHORT

if TYPE_CHECKING:
    from tests.integration.power.controller import Controller

SETTLED_SECONDS = 120


@dataclass
class Drill:
    """`certain` has for each node what its last command, which nothing killed, has asked for."""

    controller: Controller
    chance: random.Random
    certain: dict[str, str] = field(default_factory=dict)
    whole: float = 0.0

    def kill(self) -> bool:
        """Start something, and kill it at some time; returns whether it wasn't over by then."""
        words, nodes = self._command()
        process = self.controller.start(*words)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=self.chance.uniform(0.2, 1.05) * self.whole)
        was_killed = process.poll() is None
        process.kill()
        process.communicate()
        for name in nodes:
            self.certain.pop(name, None)
            if not was_killed:
                self.certain[name] = ON if words[0] == "resume" else IS_OFF
        if self.chance.random() < 0.5:
            self.controller.go_on()
        return was_killed

    def measure(self) -> None:
        """How long a look takes that has something to do."""
        self.controller.run("resume", *self.controller.cloud.cluster.nodes[:3])
        began = time.monotonic()
        self.controller.run("sync", *SHORT)
        self.whole = time.monotonic() - began

    def _command(self) -> tuple[list[str], list[str]]:
        nodes = self.chance.sample(self.controller.cloud.cluster.nodes, self.chance.randint(1, 4))
        word = self.chance.choices(("sync", "resume", "suspend"), (6, 2, 2))[0]
        if word == "sync":
            return ["sync", *SHORT], []
        force = ["--force"] if word == "suspend" and self.chance.random() < 0.5 else []
        return [word, *force, *nodes], nodes


@pytest.mark.parametrize("kills", [12, pytest.param(100, marks=pytest.mark.long)])
def test_no_machine_is_left_over_and_no_node_down_whatever_kills_it(controller: Controller, kills: int) -> None:
    seed = int(os.environ.get("DRILL_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}")
    drill = Drill(controller, random.Random(seed))  # noqa: S311
    drill.measure()
    controller.cloud.refuses("vega-htc-1", times=2)
    killed = 0
    while killed < kills:
        killed += drill.kill()
    limit = time.monotonic() + SETTLED_SECONDS
    while not _is_settled(controller):
        assert time.monotonic() < limit, _story(controller)
        controller.run("sync", *SHORT)
        controller.go_on()
    states = controller.states()
    on = {name for name, each in states.items() if each.ready}
    assert not [each for each in states.values() if each.base == "down"], _story(controller)
    assert on == controller.kept().wanted
    assert {name: ON if name in on else IS_OFF for name in drill.certain} == drill.certain


def _is_settled(controller: Controller) -> bool:
    """Whether each machine is a node's that is on, and each node that should be on has one."""
    states = controller.states()
    if any(phase_of(each) not in (ON, IS_OFF) or each.base == "down" for each in states.values()):
        return False
    on = {name for name, each in states.items() if each.ready}
    nodes = [controller.joined.get(each.name, "") for each in controller.cloud.machines()]
    kept = controller.kept()
    return sorted(nodes) == sorted(on) == sorted(kept.wanted) and not kept.leaving


def _story(controller: Controller) -> str:
    states = {name: (each.words, each.reason) for name, each in controller.states().items()}
    return f"{states}\n{controller.cloud.machines()}\n{controller.kept()}\n{controller.run('sync', *SHORT)}"
