"""What a scenario does to machines of any cloud."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from embedded_cloud.machines.base import BootError
from embedded_cloud.scenario import MACHINES_HOST

if TYPE_CHECKING:
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.scenario import Scenario


def check_boot(scenario: Scenario, instance: Instance, code: str) -> None:
    """Raise BootError where the scenario refuses this machine; `code` where it names none."""
    answer = scenario.apply("BOOT", MACHINES_HOST, instance.path)
    if answer is not None:
        given = json.loads(answer.body or b"{}")
        raise BootError(str(given.get("code", code)), str(given.get("message", "refused by a scenario")))


def scripted_record(scenario: Scenario, instance: Instance, record: dict[str, Any]) -> dict[str, Any] | None:
    """The record that a played machine writes by the scenario; None where it writes none."""
    told = scenario.apply("RECORD", MACHINES_HOST, instance.path)
    if told is None:
        return record
    other = json.loads(told.body or b"{}")
    return {**record, **other} if other else None


def scripted_outcome(scenario: Scenario, instance: Instance, outcome: dict[str, Any]) -> dict[str, Any]:
    """What a played machine of a Slurm cluster says of STARTUP_COMMAND by the scenario."""
    told = scenario.apply("COMMAND", MACHINES_HOST, instance.path)
    return outcome if told is None else {**outcome, **json.loads(told.body or b"{}")}


def is_preempted(scenario: Scenario, instance: Instance) -> bool:
    """Whether the scenario takes the machine away, once it has waited as long as it says."""
    return scenario.apply("PREEMPT", MACHINES_HOST, instance.path) is not None


def check_way(scenario: Scenario, instance: Instance) -> None:
    """Raise OSError where the scenario lets nobody through to the machine."""
    answer = scenario.apply("CONNECT", MACHINES_HOST, instance.path)
    if answer is not None:
        raise ConnectionRefusedError(answer.body.decode() or "refused by a scenario")


def is_cut(scenario: Scenario, instance: Instance) -> bool:
    """Whether the scenario breaks the connection to the machine, in place of a command."""
    return scenario.apply("RUN", MACHINES_HOST, instance.path) is not None
