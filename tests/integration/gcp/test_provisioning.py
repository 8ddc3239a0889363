"""How machines are bought and placed: what stands in the cloud after Create, and that it comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

REGION = "regions/us-central1"
NONE = {"add": 0, "change": 0, "destroy": 0}
PLACED = {"COMPACT_PLACEMENT": "yes"}
KEY = "compute.googleapis.com/reservation-name"


def scheduling(tool: Tool) -> dict[str, Any]:
    (machine,) = tool.listed("zones/us-central1-a/instances").values()
    found: dict[str, Any] = machine["scheduling"]
    return found


def group(tool: Tool) -> dict[str, Any]:
    return tool.listed("zones/us-central1-a/instanceGroupManagers")["demo-mig"]


def there_and_back(tool: Tool, settings: dict[str, str]) -> None:
    tool.result("Create", **settings)
    assert tool.result("Plan", **settings)["changes"] == NONE


def test_standard_machines_stay_until_somebody_ends_them(tool: Tool) -> None:
    there_and_back(tool, {})
    assert scheduling(tool) == {
        "provisioningModel": "STANDARD",
        "preemptible": False,
        "automaticRestart": True,
        "onHostMaintenance": "TERMINATE",
    }
    assert group(tool)["instanceLifecyclePolicy"]["defaultActionOnFailure"] == "REPAIR"


def test_spot_machines_of_a_placement_policy(tool: Tool) -> None:
    settings = {"PROVISIONING_MODEL": "spot", **PLACED}
    there_and_back(tool, settings)
    assert scheduling(tool) == {
        "provisioningModel": "SPOT",
        "preemptible": True,
        "automaticRestart": False,
        "onHostMaintenance": "TERMINATE",
        "instanceTerminationAction": "DELETE",
    }
    assert group(tool)["instanceLifecyclePolicy"]["defaultActionOnFailure"] == "REPAIR"
    policy = tool.listed(f"{REGION}/resourcePolicies")["demo-placement"]
    assert policy["groupPlacementPolicy"] == {"collocation": "COLLOCATED"}
    (machine,) = tool.listed("zones/us-central1-a/instances").values()
    assert machine["resourcePolicies"] == [policy["selfLink"]]
    tool.nothing_is_left_after_destroy(**settings)


def test_flex_start_machines_end_with_their_duration_and_are_not_made_anew(tool: Tool) -> None:
    settings = {"PROVISIONING_MODEL": "flex-start", "MAX_RUN_DURATION": "6"}
    there_and_back(tool, settings)
    found = scheduling(tool)
    assert found.pop("maxRunDuration") == {"seconds": "21600"}
    assert found == {
        "provisioningModel": "FLEX_START",
        "preemptible": False,
        "automaticRestart": False,
        "onHostMaintenance": "TERMINATE",
        "instanceTerminationAction": "DELETE",
    }
    assert group(tool)["instanceLifecyclePolicy"]["defaultActionOnFailure"] == "DO_NOTHING"
    (machine,) = tool.listed("zones/us-central1-a/instances").values()
    assert machine["reservationAffinity"] == {"consumeReservationType": "NO_RESERVATION"}
    tool.nothing_is_left_after_destroy(**settings)


def test_reservation_bound_machines_of_a_workload_policy(tool: Tool) -> None:
    tool.reserves("theirs", 1, "a3-ultragpu-8g")
    settings = {"VM_TYPE": "a3-ultragpu-8g", "RESERVATION_NAME": "theirs", **PLACED}
    there_and_back(tool, settings)
    assert scheduling(tool) == {
        "provisioningModel": "RESERVATION_BOUND",
        "preemptible": False,
        "automaticRestart": True,
        "onHostMaintenance": "TERMINATE",
        "instanceTerminationAction": "DELETE",
    }
    (machine,) = tool.listed("zones/us-central1-a/instances").values()
    affinity = {"consumeReservationType": "SPECIFIC_RESERVATION", "key": KEY, "values": ["theirs"]}
    assert machine["reservationAffinity"] == affinity
    used = tool.compute("zones/us-central1-a/reservations/theirs")["specificReservation"]["inUseCount"]
    assert used == "1"
    policy = tool.listed(f"{REGION}/resourcePolicies")["demo-workload"]
    assert policy["workloadPolicy"] == {"type": "HIGH_THROUGHPUT"}
    assert group(tool)["resourcePolicies"] == {"workloadPolicy": policy["selfLink"]}
    assert "resourcePolicies" not in machine

    without = {**settings, "COMPACT_PLACEMENT": "no"}
    tool.result("Create", **without)
    assert tool.result("Plan", **without)["changes"] == NONE
    assert tool.listed(f"{REGION}/resourcePolicies") == {}
    assert tool.result("Destroy", **without)["leftovers"] == []


def test_a_placement_policy_stays_while_machines_may_have_been_made_with_it(tool: Tool) -> None:
    tool.result("Create", **PLACED)
    tool.result("Create")
    assert tool.result("Plan")["changes"] == NONE
    assert list(tool.listed(f"{REGION}/resourcePolicies")) == ["demo-placement"]
    template = group(tool)["instanceTemplate"].rpartition("/")[2]
    assert "resourcePolicies" not in tool.compute(f"global/instanceTemplates/{template}")["properties"]
    tool.nothing_is_left_after_destroy()


@pytest.mark.parametrize(
    ("reservation", "code", "told"),
    [
        (None, 2, "zone us-central1-a has no such reservation"),
        ({"count": 1}, 13, "2 needed, 1 free in us-central1-a"),
        ({"count": 2, "machine_type": "a2-highgpu-8g"}, 2, "it holds machines of a2-highgpu-8g"),
        ({"count": 2, "specificReservationRequired": False}, 2, "any machine that fits uses it, and no machine"),
    ],
    ids=["missing", "too small", "of other machines", "for all"],
)
def test_a_reservation_that_does_not_hold_the_machines_is_found_out_first(
    tool: Tool, reservation: dict[str, Any] | None, code: int, told: str
) -> None:
    if reservation:
        tool.reserves("theirs", **reservation)
    before = tool.left()
    error = tool.result("Create", expected=code, RESERVATION_NAME="theirs", INSTANCE_COUNT="2")["error"]
    assert told in error["message"]
    assert tool.left() == before
