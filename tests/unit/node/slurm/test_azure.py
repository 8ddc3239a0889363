"""Machines of scale sets, which get their nodes' names once they are there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.slurm.cloud import NAMES_FILE
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.identity import Identity
from node.slurm_power import kept as kept_state
from node.slurm_power.azure import Azure
from node.slurm_power.cloud import DELETING, FAILED, RUNNING, Instance
from node.slurm_power.kept import Kept, read_kept
from tests.unit.node.power.kit import CLUSTER
from tests.unit.node.slurm.services import AZURE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.slurm.services import Services

GROUP = CLUSTER.pools[0].groups[0]
SET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/vega-hpc-mig"
PLACE = {"subscription": "s", "resource_group": "g"}


@dataclass
class Names:
    objects: dict[str, bytes] = field(default_factory=dict)

    def read(self, name: str) -> bytes | None:
        return self.objects.get(name)

    def write(self, name: str, content: bytes, *, only_new: bool = False) -> bool:
        self.objects[name] = content
        return True


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def cloud(services: Services, names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Azure:
    monkeypatch.setattr(kept_state, "KEPT_FILE", str(tmp_path / "state.json"))
    services.answers[f"GET {SET}"] = (200, _set(2))
    services.answers[f"PATCH {SET}"] = (202, {})
    services.answers[f"GET {SET}/instanceView"] = (200, {"statuses": []})
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": []})
    services.answers[f"POST {SET}/delete"] = (202, {})
    return Azure(replace(CLUSTER, cloud="azure", place=PLACE), Identity(AZURE), names)


def _set(capacity: int, state: str = "Succeeded") -> dict[str, Any]:
    return {
        "sku": {"name": "Standard_ND96isr_H100_v5", "capacity": capacity},
        "properties": {"provisioningState": state},
    }


def _machine(number: int, state: str = "Succeeded", **view: Any) -> dict[str, Any]:
    profile = {"computerName": f"vegahpc00000{number}"}
    properties = {"provisioningState": state, "osProfile": profile, "instanceView": view}
    return {
        "instanceId": str(number),
        "name": f"vega-hpc-mig_{number}",
        "id": f"{SET}/virtualMachines/{number}",
        "properties": properties,
    }


def _named(kept: Kept, *numbers: int) -> None:
    """These machines have nodes already."""
    kept.names |= {f"vegahpc00000{number}": f"vega-hpc-{number}" for number in numbers}


def _refuse(*_: object, **__: object) -> bool:
    raise CallFailed("PUT", 503)


def test_the_capacity_is_raised_over_what_it_is_now(services: Services, cloud: Azure) -> None:
    cloud.create(GROUP, ["vega-hpc-6", "vega-hpc-7", "vega-hpc-8"], Kept())
    assert services.bodies("PATCH") == [{"sku": {"capacity": 5}}]


def test_a_node_that_waits_for_its_machine_is_not_counted_twice(services: Services, cloud: Azure) -> None:
    kept = Kept()
    cloud.create(GROUP, ["vega-hpc-6"], kept)
    cloud.create(GROUP, ["vega-hpc-6"], kept)
    assert len(services.bodies("PATCH")) == 1


def test_while_the_scale_set_is_being_changed_the_next_look_tries_again(services: Services, cloud: Azure) -> None:
    services.answers[f"GET {SET}"] = (200, _set(2, "Updating"))
    kept = Kept()
    with pytest.raises(CallFailed) as refused:
        cloud.create(GROUP, ["vega-hpc-6"], kept)
    assert (refused.value.status, kept.unnamed[GROUP.name]) == (0, [])


def test_a_quota_that_refuses_leaves_nobody_waiting(services: Services, cloud: Azure) -> None:
    services.answers[f"PATCH {SET}"] = (409, {"error": {"code": "OperationNotAllowed", "message": "quota"}})
    kept = Kept()
    with pytest.raises(CallFailed) as refused:
        cloud.create(GROUP, ["vega-hpc-6"], kept)
    assert (refused.value.code, kept.unnamed[GROUP.name]) == ("OperationNotAllowed", [])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_lost_answer_makes_no_machine_twice(services: Services, cloud: Azure, status: int) -> None:
    services.answers[f"PATCH {SET}"] = (status, {})
    kept = Kept()
    with pytest.raises(CallFailed):
        cloud.create(GROUP, ["vega-hpc-6"], kept)
    services.answers[f"GET {SET}"] = (200, _set(3))
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(1), _machine(2)]})
    _named(kept, 1, 2)
    cloud.look([GROUP], kept)
    cloud.create(GROUP, ["vega-hpc-6"], kept)
    assert services.bodies("PATCH") == [{"sku": {"capacity": 3}}]


def test_what_azure_took_and_made_no_machine_for_is_not_asked_for_on_top(services: Services, cloud: Azure) -> None:
    kept = Kept()
    _named(kept, 1, 2)
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(1), _machine(2)]})
    failed = [{"code": "ProvisioningState/failed/ZonalAllocationFailed", "message": "no room"}]
    services.answers[f"GET {SET}/instanceView"] = (200, {"statuses": failed})
    cloud.look([GROUP], kept)
    for capacity in (2, 3, 3):
        services.answers[f"GET {SET}"] = (200, _set(capacity))
        cloud.create(GROUP, ["vega-hpc-6"], kept)
        assert "ZonalAllocationFailed" in [each.code for each in cloud.look([GROUP], kept)]
        assert kept.unnamed[GROUP.name] == []
    assert services.bodies("PATCH") == [{"sku": {"capacity": 3}}] * 3


def test_a_listing_that_is_short_never_lowers_the_capacity(services: Services, cloud: Azure) -> None:
    services.answers[f"GET {SET}"] = (200, _set(5))
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(1)]})
    kept = Kept()
    _named(kept, 1)
    cloud.look([GROUP], kept)
    cloud.create(GROUP, ["vega-hpc-6"], kept)
    assert services.bodies("PATCH") == [{"sku": {"capacity": 5}}]


def test_who_is_waited_for_is_kept_before_the_call(services: Services, cloud: Azure) -> None:
    services.answers[f"PATCH {SET}"] = (503, {})
    with pytest.raises(CallFailed):
        cloud.create(GROUP, ["vega-hpc-6"], Kept())
    assert read_kept().unnamed == {GROUP.name: ["vega-hpc-6"]}


def test_a_call_that_never_arrived_is_sent_again_once_the_scale_set_is_settled(
    services: Services, cloud: Azure
) -> None:
    kept = Kept(unnamed={GROUP.name: ["vega-hpc-6"]})
    services.answers[f"GET {SET}"] = [(200, _set(2, "Updating")), (200, _set(2))]
    going = _machine(9, "Deleting")
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(1), _machine(2), going]})
    _named(kept, 1, 2)
    cloud.look([GROUP], kept)
    cloud.create(GROUP, ["vega-hpc-6"], kept)
    assert services.bodies("PATCH") == []
    cloud.create(GROUP, ["vega-hpc-6"], kept)
    assert services.bodies("PATCH") == [{"sku": {"capacity": 3}}]


def test_new_machines_get_the_names_of_the_nodes_that_wait(services: Services, cloud: Azure, names: Names) -> None:
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(3), _machine(7, "Creating")]})
    kept = Kept(unnamed={GROUP.name: ["vega-hpc-6", "vega-hpc-7"]})
    assert [each.node for each in cloud.look([GROUP], kept)] == ["vega-hpc-6", "vega-hpc-7"]
    assert json.loads(names.objects[NAMES_FILE]) == {"vegahpc000003": "vega-hpc-6", "vegahpc000007": "vega-hpc-7"}


@pytest.fixture
def known() -> Kept:
    """One machine, whose name has been published."""
    return Kept(names={"vegahpc000003": "vega-hpc-6"}, published={"vegahpc000003": "vega-hpc-6"})


def test_a_listing_that_is_short_once_takes_nobodys_name(services: Services, cloud: Azure, known: Kept) -> None:
    cloud.look([GROUP], known)
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(3)]})
    assert [each.node for each in cloud.look([GROUP], known)] == ["vega-hpc-6"]
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": []})
    cloud.look([GROUP], known)
    assert known.names == {"vegahpc000003": "vega-hpc-6"}


def test_a_machine_that_was_going_gives_its_nodes_name_back_at_once(
    services: Services, cloud: Azure, known: Kept
) -> None:
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(3, "Deleting")]})
    cloud.look([GROUP], known)
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": []})
    cloud.look([GROUP], known)
    assert known.names == {}


def test_a_machine_that_is_gone_gives_its_nodes_name_back(cloud: Azure, names: Names, known: Kept) -> None:
    cloud.look([GROUP], known)
    cloud.look([GROUP], known)
    assert (known.names, json.loads(names.objects[NAMES_FILE])) == ({}, {})


def test_names_that_have_not_changed_are_not_written_again(services: Services, cloud: Azure, names: Names) -> None:
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(3)]})
    known = {"vegahpc000003": "vega-hpc-6"}
    cloud.look([GROUP], Kept(names=known, published=dict(known)))
    assert names.objects == {}


def test_names_that_could_not_be_written_are_written_at_the_next_look(
    services: Services, cloud: Azure, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(3)]})
    kept = Kept(unnamed={GROUP.name: ["vega-hpc-6"]})
    with monkeypatch.context() as away, pytest.raises(CallFailed):
        away.setattr(names, "write", _refuse)
        cloud.look([GROUP], kept)
    cloud.look([GROUP], kept)
    assert json.loads(names.objects[NAMES_FILE]) == {"vegahpc000003": "vega-hpc-6"}


def test_a_name_is_kept_before_a_machine_can_read_it(
    services: Services, cloud: Azure, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(3)]})
    known: list[dict[str, str]] = []
    monkeypatch.setattr(names, "write", lambda *_: known.append(read_kept().names))
    cloud.look([GROUP], Kept(unnamed={GROUP.name: ["vega-hpc-6"]}))
    assert known == [{"vegahpc000003": "vega-hpc-6"}]


def test_a_machine_that_nobody_waits_for_has_no_name(services: Services, cloud: Azure) -> None:
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(3)]})
    assert [each.node for each in cloud.look([GROUP], Kept())] == [""]


def test_a_machine_that_is_going_gets_no_name(services: Services, cloud: Azure) -> None:
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(3, "Deleting")]})
    (found,) = cloud.look([GROUP], Kept(unnamed={GROUP.name: ["vega-hpc-6"]}))
    assert (found.node, found.state) == ("", DELETING)


def test_a_machine_that_could_not_be_made_says_why(services: Services, cloud: Azure) -> None:
    status = {"code": "ProvisioningState/failed/AllocationFailed", "message": "no room"}
    services.answers[f"GET {SET}/virtualMachines"] = (200, {"value": [_machine(3, "Failed", statuses=[status])]})
    (found,) = cloud.look([GROUP], Kept(unnamed={GROUP.name: ["vega-hpc-6"]}))
    assert (found.node, found.state, found.code, found.message) == ("vega-hpc-6", FAILED, "AllocationFailed", "no room")


def test_machines_that_never_appear_are_told_as_the_scale_set_failed(services: Services, cloud: Azure) -> None:
    status = {"code": "ProvisioningState/failed/ZonalAllocationFailed", "message": "no room"}
    services.answers[f"GET {SET}/instanceView"] = (200, {"statuses": [status]})
    kept = Kept(unnamed={GROUP.name: ["vega-hpc-6"]})
    (found,) = cloud.look([GROUP], kept)
    assert (found.node, found.state, found.code) == ("vega-hpc-6", FAILED, "ZonalAllocationFailed")
    assert kept.unnamed[GROUP.name] == []


@pytest.mark.parametrize(
    ("at", "told"),
    [("2026-11-25T09:00:00+00:00", []), ("2026-11-25T10:00:01.1234567Z", [FAILED]), ("", [FAILED]), (None, [FAILED])],
)
def test_a_failure_from_before_a_node_was_asked_for_is_no_answer_to_that(
    services: Services, cloud: Azure, at: str | None, told: list[str]
) -> None:
    status = {"code": "ProvisioningState/failed/AllocationFailed", "message": "no room", "time": at}
    services.answers[f"GET {SET}/instanceView"] = (200, {"statuses": [status]})
    asked = datetime(2026, 11, 25, 10, tzinfo=UTC).timestamp()
    kept = Kept(unnamed={GROUP.name: ["vega-hpc-6"]}, asked={"vega-hpc-6": asked})
    assert [each.state for each in cloud.look([GROUP], kept)] == told
    assert kept.unnamed[GROUP.name] == ([] if told else ["vega-hpc-6"])


def test_machines_are_deleted_by_their_numbers(services: Services, cloud: Azure) -> None:
    cloud.delete(GROUP, [Instance(GROUP.name, f"{GROUP.name}/7", "vega-hpc-6", RUNNING)], Kept())
    assert services.bodies("POST") == [{"instanceIds": ["7"]}]


def test_without_a_number_nothing_is_deleted(services: Services, cloud: Azure) -> None:
    cloud.delete(GROUP, [Instance(GROUP.name, "", "vega-hpc-6", FAILED)], Kept())
    assert services.bodies("POST") == []
