"""Nodes that don't come, and one that goes: each by real slurm-nodes, on either cloud's own API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.slurm_power.phases import IS_OFF, STARTING, phase_of
from tests.integration.power.controller import SHORT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Tool
    from tests.integration.power.controller import Controller

NODE, OTHER = "vega-hpc-1", "vega-htc-1"
LOOKS = 25
NO_HOLD = "--hold=0"


def look_until(controller: Controller, wanted: Callable[[], bool], *more: str) -> None:
    """Look, and let machines and slurmctld go on, until it is so."""
    said = []
    for _ in range(LOOKS):
        said.append(controller.run("sync", *SHORT, *more))
        controller.go_on()
        if wanted():
            return
    pytest.fail(f"{controller.states()}\n{controller.kept()}\n{said}")


def is_up(controller: Controller, *nodes: str) -> bool:
    states = controller.states()
    return all(states[name].ready for name in nodes) and len(controller.cloud.machines()) == len(nodes)


def is_held(controller: Controller, node: str) -> bool:
    """Whether it is off, with its pool held off and no machine of it left."""
    kept, state = controller.kept(), controller.states()[node]
    return phase_of(state) == IS_OFF and "hpc" in kept.holds and state.reason.startswith("cluster-provision: capacity:")


def test_a_node_without_room_is_off_again_says_why_and_comes_after_the_hold(controller: Controller) -> None:
    controller.cloud.refuses(NODE, times=100)
    controller.run("resume", NODE)
    look_until(controller, lambda: is_held(controller, NODE), "--hold=600")
    code, message = controller.kept().problems[NODE]
    assert (code, message) in (("ZONE_RESOURCE_POOL_EXHAUSTED", "no room"), ("AllocationFailed", "no room"))
    controller.cloud.refuses(NODE, times=0)
    controller.run("resume", OTHER)
    look_until(controller, lambda: is_up(controller, OTHER), "--hold=600")
    assert phase_of(controller.states()[NODE]) == IS_OFF
    held = controller.kept()
    held.holds["hpc"].until = 0.0
    controller.keep(held)
    look_until(controller, lambda: is_up(controller, NODE, OTHER))
    controller.run("sync")
    assert controller.kept().problems == {}


def test_a_node_beyond_the_quota_is_off_again_and_says_so(controller: Controller, tool: Tool) -> None:
    tool.has(quotas=controller.cloud.no_quota)
    controller.run("resume", NODE)
    look_until(controller, lambda: is_held(controller, NODE), "--hold=600")
    assert "quota" in " ".join(controller.kept().problems[NODE]).lower()
    assert controller.cloud.machines() == []


def test_a_node_that_never_joins_loses_its_machine_and_gets_another(controller: Controller) -> None:
    controller.run("resume", NODE)
    controller.run("sync", *SHORT)
    controller.run("sync", *SHORT)
    assert phase_of(controller.states()[NODE]) == STARTING
    (first,) = controller.cloud.machines()
    controller.slurm_says(NODE, ["down", "cloud"], "ResumeTimeout reached")
    look_until(controller, lambda: is_up(controller, NODE))
    assert first.identity not in {each.identity for each in controller.cloud.machines()}


def test_a_node_that_is_taken_away_is_down_and_has_another_machine(controller: Controller) -> None:
    controller.run("resume", NODE)
    look_until(controller, lambda: is_up(controller, NODE))
    (first,) = controller.cloud.machines()
    controller.cloud.takes(NODE)
    look_until(controller, lambda: not controller.states()[NODE].ready)
    assert controller.states()[NODE].reason == "cluster-provision: capacity: its machine is gone"
    look_until(controller, lambda: is_up(controller, NODE))
    assert first.identity not in {each.identity for each in controller.cloud.machines()}
