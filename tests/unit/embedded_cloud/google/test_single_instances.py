"""Instances that no group has, and their disks: made, stopped, changed, and gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.embedded_cloud.asked_cloud import PROJECT, ZONE

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

IMAGE = "projects/debian-cloud/global/images/family/debian-12"
WHERE = f"projects/{PROJECT}/zones/us-central1-a"


def body(**more: Any) -> dict[str, Any]:
    boot = {"boot": True, "autoDelete": True, "initializeParams": {"sourceImage": IMAGE, "diskSizeGb": "20"}}
    given = {
        "name": "head",
        "machineType": f"{WHERE}/machineTypes/n2-standard-4",
        "disks": [boot],
        "networkInterfaces": [{"network": "global/networks/default"}],
        "labels": {"aiinfra-cluster": "x"},
    }
    return {**given, **more}


def made(asked: Asked, **more: Any) -> Any:
    """Make the instance, and return its operation as it ends."""
    operation = asked.compute("POST", f"{ZONE}/instances", body(**more))
    return asked.compute("GET", f"{ZONE}/operations/{operation['name']}")


def instance(asked: Asked) -> Any:
    return asked.compute("GET", f"{ZONE}/instances/head")


def data_disk(asked: Asked) -> dict[str, Any]:
    """A disk that outlives machines, and how a machine names it."""
    asked.compute("POST", f"{ZONE}/disks", {"name": "data", "sizeGb": "10"})
    return {"source": f"{WHERE}/disks/data", "deviceName": "slurm-data"}


def test_it_runs_once_its_operation_is_done(asked: Asked) -> None:
    assert asked.compute("POST", f"{ZONE}/instances", body())["status"] == "RUNNING"
    found = instance(asked)
    assert (found["status"], found["labels"]) == ("RUNNING", {"aiinfra-cluster": "x"})
    assert found["networkInterfaces"][0]["networkIP"]


def test_its_boot_disk_is_made_of_the_image_and_goes_with_it(asked: Asked) -> None:
    made(asked)
    disk = asked.compute("GET", f"{ZONE}/disks/head")
    assert (disk["sizeGb"], disk["sourceImage"].rpartition("/")[2][:10]) == ("20", "debian-12-")
    assert disk["users"] == [instance(asked)["selfLink"]]
    asked.compute("DELETE", f"{ZONE}/instances/head")
    asked.compute("GET", f"{ZONE}/disks/head", status=404)


def test_a_disk_of_its_own_outlives_it_and_cant_go_before(asked: Asked) -> None:
    made(asked, disks=[body()["disks"][0], data_disk(asked)])
    asked.compute("DELETE", f"{ZONE}/disks/data", status=400)
    asked.compute("DELETE", f"{ZONE}/instances/head")
    assert "users" not in asked.compute("GET", f"{ZONE}/disks/data")
    asked.compute("DELETE", f"{ZONE}/disks/data")


def test_two_machines_dont_write_to_one_disk(asked: Asked) -> None:
    data = data_disk(asked)
    made(asked, disks=[body()["disks"][0], data])
    asked.compute("POST", f"{ZONE}/instances", body(name="other", disks=[body()["disks"][0], data]), status=400)


def test_a_disk_grows_and_never_shrinks(asked: Asked) -> None:
    data_disk(asked)
    asked.compute("POST", f"{ZONE}/disks/data/resize", {"sizeGb": "20"})
    asked.compute("POST", f"{ZONE}/disks/data/resize", {"sizeGb": "10"}, status=400)
    assert asked.compute("GET", f"{ZONE}/disks/data")["sizeGb"] == "20"


def test_its_type_changes_while_it_is_stopped_alone(asked: Asked) -> None:
    made(asked)
    other = {"machineType": f"{WHERE}/machineTypes/n2-standard-8"}
    asked.compute("POST", f"{ZONE}/instances/head/setMachineType", other, status=400)
    asked.compute("POST", f"{ZONE}/instances/head/stop")
    assert instance(asked)["status"] == "TERMINATED"
    asked.compute("POST", f"{ZONE}/instances/head/setMachineType", other)
    asked.compute("POST", f"{ZONE}/instances/head/start")
    found = instance(asked)
    assert (found["status"], found["machineType"].rpartition("/")[2]) == ("RUNNING", "n2-standard-8")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"machineType": f"{WHERE}/machineTypes/n2-huge-4"}, 400),
        (
            {"disks": [{"boot": True, "initializeParams": {"sourceImage": "projects/debian-cloud/global/images/x"}}]},
            404,
        ),
        ({"disks": [{"source": f"{WHERE}/disks/none"}]}, 404),
    ],
)
def test_what_isnt_there_is_refused(asked: Asked, wrong: dict[str, Any], status: int) -> None:
    asked.compute("POST", f"{ZONE}/instances", body(**wrong), status)


def test_no_room_is_the_operations_error_and_leaves_nothing(asked: Asked) -> None:
    told = {"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "no room"}
    rule = {"match": {"method": "BOOT", "path": "/head"}, "status": 503, "body": told}
    (asked.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    assert made(asked)["error"]["errors"] == [told]
    asked.compute("GET", f"{ZONE}/instances/head", status=404)
    asked.compute("GET", f"{ZONE}/disks/head", status=404)
