"""Instances of a group by their names: made, refused, and gone, as Slurm's nodes are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.embedded_cloud.asked_cloud import ZONE, until

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

GROUP = f"{ZONE}/instanceGroupManagers/g"


@pytest.fixture
def group(asked: Asked) -> Asked:
    asked.template()
    asked.group(0)
    return asked


def create(asked: Asked, *names: str, status: int = 200) -> Any:
    return asked.compute("POST", f"{GROUP}/createInstances", {"instances": [{"name": n} for n in names]}, status)


def managed(asked: Asked) -> dict[str, Any]:
    return {m["name"]: m for m in asked.compute("POST", f"{GROUP}/listManagedInstances").get("managedInstances", ())}


def size(asked: Asked) -> int:
    return int(asked.compute("GET", GROUP)["targetSize"])


def delete(asked: Asked, *names: str, skip: bool = False, status: int = 200) -> Any:
    named = {"instances": [f"zones/us-central1-a/instances/{n}" for n in names]}
    return asked.compute("POST", f"{GROUP}/deleteInstances", {**named, "skipInstancesOnValidationError": skip}, status)


def test_they_come_under_their_own_names_and_make_the_group_larger(group: Asked) -> None:
    create(group, "demo-1", "demo-3")
    assert size(group) == 2
    until(lambda: all(each.get("instanceStatus") == "RUNNING" for each in managed(group).values()))
    assert set(managed(group)) == {"demo-1", "demo-3"}


@pytest.mark.parametrize("names", [("demo-1",), ("demo-2", "demo-2"), ("Demo_2",), ()])
def test_a_name_that_is_taken_or_wrong_is_refused_with_all_others(group: Asked, names: tuple[str, ...]) -> None:
    create(group, "demo-1")
    create(group, *names, status=400)
    assert size(group) == 1


def test_they_go_by_name_and_the_group_gets_smaller(group: Asked) -> None:
    create(group, "demo-1", "demo-2")
    delete(group, "demo-1")
    assert (size(group), set(managed(group))) == (1, {"demo-2"})


def test_one_that_isnt_there_is_refused_unless_it_is_to_be_skipped(group: Asked) -> None:
    create(group, "demo-1")
    delete(group, "demo-1", "demo-9", status=400)
    assert size(group) == 1
    delete(group, "demo-1", "demo-9", skip=True)
    assert (size(group), managed(group)) == (0, {})


def test_one_without_room_stays_in_the_list_with_its_error_until_it_is_given_up(group: Asked) -> None:
    told = {"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "no room"}
    rule = {"match": {"method": "BOOT", "path": "/demo-1"}, "status": 503, "body": told}
    (group.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    create(group, "demo-1")
    errors = until(lambda: managed(group)["demo-1"]["lastAttempt"].get("errors"))
    assert (errors["errors"], managed(group)["demo-1"]["currentAction"]) == ([told], "CREATING")
    delete(group, "demo-1")
    assert managed(group) == {}


def test_one_that_google_takes_away_stays_ended_where_the_group_does_nothing_about_failures(asked: Asked) -> None:
    asked.template()
    asked.group(0)
    asked.compute("PATCH", GROUP, {"instanceLifecyclePolicy": {"defaultActionOnFailure": "DO_NOTHING"}})
    rule = {"match": {"method": "PREEMPT", "path": "/demo-1"}, "status": 200, "body": {}}
    (asked.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    create(asked, "demo-1")
    until(lambda: managed(asked)["demo-1"].get("instanceStatus") == "TERMINATED")
    assert (size(asked), managed(asked)["demo-1"]["currentAction"]) == (1, "NONE")
