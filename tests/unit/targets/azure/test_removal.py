"""What is waited for before Terraform begins, and what a sweep leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.clouds.azure.leftovers import Tagged
from cluster_provision.clouds.azure.machines import ScaleSet
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import Interrupted, NotReady, PermissionDenied
from cluster_provision.result import Leftover
from cluster_provision.targets.azure.removal import Removal

SINCE = datetime(2026, 11, 25, 12, tzinfo=UTC)
BASE = "/subscriptions/s/resourceGroups/g/providers"
SET = Tagged(f"{BASE}/Microsoft.Compute/virtualMachineScaleSets/ss", "microsoft.compute/virtualmachinescalesets", "l")
CARD = Tagged(f"{BASE}/Microsoft.Network/networkInterfaces/nic", "microsoft.network/networkinterfaces", "l")
DATA = Tagged(f"{BASE}/Microsoft.Compute/disks/demo-data", "microsoft.compute/disks", "l")
STRANGE = Tagged(f"{BASE}/Microsoft.Cache/redis/v", "microsoft.cache/redis", "l")


def made(each: Tagged, minutes: int) -> Tagged:
    return Tagged(each.id, each.type, each.location, SINCE + timedelta(minutes=minutes))


class Cloud:
    """A subscription that has these resources, and a group and a scale set that go through these states."""

    def __init__(self, *tagged: Tagged, groups: tuple[str, ...] = (), states: tuple[str, ...] = ()) -> None:
        self.there = list(tagged)
        self.groups, self.states = list(groups), list(states)
        self.locked = False
        self.own_groups: dict[str, bool] = {}
        self.own_roles: list[str] = []

    def tagged(self, label: str) -> list[Tagged]:
        return list(self.there)

    def tagged_groups(self, label: str) -> list[Leftover]:
        return [Leftover("resource group", name, "l", f"az group delete --name {name}") for name in self.own_groups]

    def group_is_empty(self, name: str) -> bool:
        return self.own_groups[name]

    def assignments(self, container: str, deployment: str) -> list[str]:
        return ["role"]

    def remove_tagged(self, each: Tagged) -> None:
        if self.locked:
            raise PermissionDenied("ScopeLocked: no")
        self.there.remove(each)

    def roles(self, name: str) -> list[str]:
        return [name] if name in self.own_roles else []

    def remove_group(self, name: str) -> None:
        del self.own_groups[name]

    def remove_role(self, path: str) -> None:
        self.own_roles.remove(path)

    def remove_assignment(self, path: str) -> None:
        assert path == "role"

    def adoptable(self, kind: str, values: Any, label: str) -> str:
        return "id"

    def group(self, name: str) -> Any:
        state = self.groups.pop(0) if self.groups else "Succeeded"
        return {"properties": {"provisioningState": state}} if state else None

    def scale_set(self, group: str, name: str) -> ScaleSet | None:
        return ScaleSet("id", "uniform", 1, "", self.states.pop(0)) if self.states else None


def removal(cloud: Cloud, **given: Any) -> Removal:
    group = {"subscription_id": "s", "resource_group": "g", "vmss_name": "ss"}
    settings: Any = {**group, "ready_timeout": 1, "node_identity": None, **given}
    there: Any = cloud
    return Removal(SimpleNamespace(**settings), there, "l", "c")  # type: ignore[arg-type]


def of_slurm(cloud: Cloud) -> Removal:
    """The same of a Slurm cluster with a scale set, whose controller has a role."""
    plain, there = removal(cloud), cloud
    more: Any = {"scale_sets": ("one", "two"), "power_role": "mine"}
    return Removal(plain.settings, there, "l", "c", **more)  # type: ignore[arg-type]


def with_disk(cloud: Cloud, *, keeps: bool) -> Removal:
    """The same of a Slurm cluster whose data disk may outlive it."""
    plain, there = removal(cloud, node_identity="/i"), cloud
    more: Any = {"data_disk": DATA.id.upper(), "keeps_disk": keeps}
    return Removal(plain.settings, there, "l", "c", **more)  # type: ignore[arg-type]


def store(*, claimed: bool = True) -> Any:
    return SimpleNamespace(exists=lambda: True, claimed_at=lambda: SINCE if claimed else None, deployment="d")


def test_a_group_that_goes_and_a_set_that_is_changed_are_waited_for() -> None:
    cloud = Cloud(groups=("Deleting", "Succeeded"), states=("Updating", "Failed"))
    told: list[str] = []
    removal(cloud).settle(told.append)
    assert ["being deleted" in told[0], "updating" in told[1]] == [True, True]
    assert cloud.states == []


def test_what_never_ends_is_given_up_on() -> None:
    with pytest.raises(NotReady, match="is being deleted"):
        removal(Cloud(groups=("Deleting",) * 9), ready_timeout=0).settle(lambda _: None)


def test_a_sweep_takes_what_is_this_clusters_with_its_roles() -> None:
    cloud, said = Cloud(made(SET, 1), made(CARD, 1), made(STRANGE, 1)), []
    assert removal(cloud).sweep(store(), said.append) is True
    assert [each.name for each in cloud.there] == ["nic", "v"]  # the card goes with its set; the vault is nobody's here
    assert "removed a role" in said[-1]


def test_nothing_is_swept_that_is_older_than_the_clusters_place_or_where_it_has_none() -> None:
    cloud = Cloud(made(SET, -1))
    removal(cloud).sweep(store(), lambda _: None)
    removal(cloud).sweep(store(claimed=False), lambda _: None)
    assert [each.name for each in cloud.there] == ["ss"]


def test_what_can_not_be_removed_is_said_and_hides_nothing() -> None:
    cloud, said = Cloud(made(SET, 1)), []
    cloud.locked = True
    assert removal(cloud).sweep(store(), said.append) is False
    assert said == ["  ScopeLocked: no"]


def test_nothing_is_taken_over_while_an_older_clusters_resources_are_there() -> None:
    assert removal(Cloud(made(SET, 1))).adoptable("azurerm_lb", {}, SINCE) == "id"
    assert removal(Cloud(made(SET, 1), made(CARD, -1))).adoptable("azurerm_lb", {}, SINCE) == ""


def test_leftovers_are_told_without_what_goes_with_a_set_and_without_roles_that_nobody_gave() -> None:
    found = removal(Cloud(SET, CARD, STRANGE)).leftovers("d").found
    assert [each.kind for each in found] == ["scale set", "microsoft.cache/redis", "role assignment"]
    assert removal(Cloud(), node_identity="/i").leftovers("d").found == ()


def test_no_line_deletes_a_group_with_what_others_have_in_it() -> None:
    cloud = Cloud()
    cloud.own_groups = {"empty": True, "shared": False}
    found = removal(cloud, node_identity="/i").leftovers("d").found
    assert [each.command for each in found] == [
        "az group delete --name empty",
        "az resource list --resource-group shared --output table --subscription s",
    ]
    assert found[1].note


def test_roles_on_a_container_that_can_not_be_seen_are_unknown() -> None:
    blind = removal(Cloud())
    blind.container = ""
    (unseen,) = blind.leftovers("d", gave_roles=True).unseen
    assert isinstance(unseen, PermissionDenied)
    assert "looking for remaining roles" in unseen.message
    assert blind.leftovers("d", gave_roles=False).unseen == ()
    blind.unlisted = PermissionDenied("looking for storage account a: no")
    assert blind.leftovers("d", gave_roles=True).unseen == (blind.unlisted,)


def test_a_missing_answer_to_a_list_is_unknown_and_no_defect() -> None:
    def missing(_: str) -> list[Tagged]:
        raise NotFound("looking for remains of the cluster: HTTP 404")

    cloud = Cloud()
    cloud.tagged = missing  # type: ignore[method-assign]
    (unseen,) = removal(cloud).leftovers("d").unseen
    assert unseen.message == "looking for remains of the cluster: HTTP 404"


@pytest.mark.parametrize("remove", [Removal.sweep, Removal.remove_own_group])
def test_a_signal_ends_a_sweep(remove: Any) -> None:
    def stopped(_: str) -> Any:
        raise Interrupted("stopped by SIGTERM", 15)

    cloud = Cloud()
    cloud.tagged = cloud.tagged_groups = stopped  # type: ignore[method-assign]
    with pytest.raises(Interrupted):
        remove(removal(cloud), store(), lambda _: None)


def test_a_slurm_clusters_machines_and_role_go_beside_its_scale_sets() -> None:
    cloud = Cloud(made(SET, 1), made(CARD, 1))
    cloud.own_roles = ["mine", "another's"]
    assert [each.kind for each in of_slurm(cloud).leftovers("d").found] == [
        "scale set",
        "network interface",
        "role assignment",
        "role",
    ]
    assert of_slurm(cloud).sweep(store(), lambda _: None)
    assert (cloud.there, cloud.own_roles) == ([], ["another's"])


def test_each_scale_set_of_a_slurm_cluster_is_waited_for() -> None:
    told: list[str] = []
    of_slurm(Cloud(states=("Succeeded", "Updating", "Succeeded", "Succeeded"))).settle(told.append)
    assert told == ["an earlier run is not over: scale set two is updating"]


def test_a_disk_that_stays_is_neither_swept_nor_left_over_and_nor_is_the_group_that_it_keeps() -> None:
    cloud = Cloud(made(DATA, 1), made(CARD, 1))
    cloud.own_groups = {"G": False}
    assert with_disk(cloud, keeps=True).sweep(store(), lambda _: None)
    assert [each.name for each in cloud.there] == ["demo-data"]
    assert with_disk(cloud, keeps=True).leftovers("d").found == ()
    assert [each.kind for each in with_disk(cloud, keeps=False).leftovers("d").found] == ["disk", "resource group"]


def test_a_group_in_which_no_disk_stays_is_told_of() -> None:
    cloud = Cloud()
    cloud.own_groups = {"g": False}
    assert [each.kind for each in with_disk(cloud, keeps=True).leftovers("d").found] == ["resource group"]


def test_a_killed_runs_resources_are_taken_over_beside_an_older_disk_that_was_kept() -> None:
    assert with_disk(Cloud(made(DATA, -9), made(CARD, 1)), keeps=False).adoptable("azurerm_lb", {}, SINCE) == "id"
    assert with_disk(Cloud(made(DATA, -9), made(CARD, -1)), keeps=False).adoptable("azurerm_lb", {}, SINCE) == ""


def test_a_kept_disk_that_is_all_there_is_goes_with_its_group_where_it_is_not_to_stay() -> None:
    cloud, said = Cloud(made(DATA, -9)), []
    cloud.own_groups = {"g": True, "shared": False}
    found = with_disk(cloud, keeps=False)
    assert found.remove_kept(found.leftovers("d"), said.append) is True
    assert (cloud.there, cloud.own_groups) == ([], {"shared": False})
    assert "disk demo-data, which an earlier Destroy kept, goes" in said[0]


@pytest.mark.parametrize("beside", [CARD, Tagged(f"{DATA.id}-2", DATA.type, "l")])
def test_a_disk_beside_which_more_of_the_cluster_is_there_is_nobodys_to_remove(beside: Tagged) -> None:
    cloud = Cloud(made(DATA, -9), made(beside, -9))
    found = with_disk(cloud, keeps=False)
    assert found.remove_kept(found.leftovers("d"), lambda _: None) is False
    assert len(cloud.there) == 2


def test_a_kept_disk_stays_where_it_is_to_and_where_a_look_was_refused() -> None:
    cloud = Cloud(made(DATA, -9))
    keeping, unsure = with_disk(cloud, keeps=True), with_disk(cloud, keeps=False)
    assert keeping.remove_kept(keeping.leftovers("d"), lambda _: None) is False
    blind = replace(unsure.leftovers("d"), unseen=(PermissionDenied("no"),))
    assert unsure.remove_kept(blind, lambda _: None) is False
    assert len(cloud.there) == 1
