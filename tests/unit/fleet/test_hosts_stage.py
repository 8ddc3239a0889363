"""The stage "hosts" of Create: what it hands out, and what it makes of a head that it can't reach."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.errors import HostKeyMismatch, Unreachable
from cluster_provision.fleet.hosts import Updated
from cluster_provision.fleet.model import Keys
from cluster_provision.orchestrators.none import NoOrchestrator
from cluster_provision.result import Result
from cluster_provision.stage import Site
from cluster_provision.state.base import StateFacts
from cluster_provision.targets import hosts as hosts_stage
from cluster_provision.targets.azure.stages import stages
from cluster_provision.targets.hosts import distribute_hosts

if TYPE_CHECKING:
    from cluster_provision.fleet.connections import Limits
    from cluster_provision.fleet.model import Fleet
    from tests.unit.fleet.kit import Farm


class Told:
    """Progress and notes."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.concluded = ""

    def update(self, text: str, done: int | None = None, total: int | None = None) -> None:
        pass

    def conclude(self, detail: str) -> None:
        self.concluded = detail


def distribute(fleet: Fleet) -> tuple[Result, Told]:
    told, result = Told(), Result("create")
    site = Site(None, StateFacts(), result, told, told.said.append, [])  # type: ignore[arg-type] - no store is asked
    try:
        distribute_hosts(lambda _: fleet, site)
    except Exception as failure:
        failure.add_note(repr(result.checks))
        raise
    return result, told


def test_hosts_that_can_be_reached_know_each_other(farm: Farm) -> None:
    head, _ = farm.add_many("vm-0", "vm-1")
    result, told = distribute(farm.fleet())
    assert [(c.name, c.status) for c in result.checks] == [("hosts", "ok")]
    assert (head.home / "hostfile").read_text() == "vm-0\nvm-1\n"
    assert told.concluded == "2 hosts know each other"


def test_a_head_out_of_reach_is_unknown_and_no_failure(farm: Farm) -> None:
    farm.stop(farm.add("vm-0"))
    result, told = distribute(farm.fleet())
    assert [(c.name, c.status) for c in result.checks] == [("hosts", "unknown")]
    assert "vm-0 does not answer" in told.said[0] and "UpdateHosts" in told.said[0]


@pytest.mark.parametrize(("access", "patience"), [("head", 60.0), ("private", 0.0)])
def test_a_silent_head_is_tried_again_where_a_rule_has_just_let_in_to_it(
    farm: Farm, monkeypatch: pytest.MonkeyPatch, access: str, patience: float
) -> None:
    farm.add("vm-0")
    asked: list[Limits] = []

    def noted(fleet: Fleet, ended: object, limits: Limits) -> Updated:
        asked.append(limits)
        return Updated([], ())

    monkeypatch.setattr(hosts_stage, "update_hosts", noted)
    anything: Any = SimpleNamespace()
    every = stages(anything, NoOrchestrator(), anything, lambda _: farm.fleet(), anything, public=access == "head")
    (wait,) = [each.wait for each in every if getattr(each, "name", "") == "hosts"]
    told = Told()
    assert wait is not None
    wait(Site(None, StateFacts(), Result("create"), told, told.said.append, []))  # type: ignore[arg-type]
    assert [each.patience for each in asked] == [patience]


def test_without_the_private_key_it_is_unknown_and_no_failure(farm: Farm) -> None:
    farm.add("vm-0")
    result, told = distribute(farm.fleet(keys=Keys()))
    assert [(c.name, c.status) for c in result.checks] == [("hosts", "unknown")]
    assert "SSH_PRIVATE_KEY" in told.said[0]


def test_another_machine_in_the_heads_place_fails_create(farm: Farm) -> None:
    head, impostor = farm.add_many("vm-0", "impostor")
    wrong = replace(head.host, host_keys=impostor.host.host_keys)
    fleet = farm.fleet(head)
    with pytest.raises(HostKeyMismatch) as raised:
        distribute(replace(fleet, head=wrong, hosts=(wrong,)))
    assert "failed" in raised.value.__notes__[0]


def test_a_node_that_the_key_did_not_reach_fails_create_by_name(farm: Farm) -> None:
    _, down, _ = farm.add_many("vm-0", "vm-1", "vm-2")
    farm.stop(down)
    with pytest.raises(Unreachable, match="vm-1"):
        distribute(farm.fleet())
