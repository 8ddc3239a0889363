"""Machines of managed instance groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.identity import Identity
from node.slurm_power.cloud import CREATING, DELETING, FAILED, RUNNING, STOPPED, Instance
from node.slurm_power.gcp import Gcp
from node.slurm_power.kept import Kept
from tests.unit.node.power.kit import CLUSTER
from tests.unit.node.slurm.services import GOOGLE

if TYPE_CHECKING:
    from tests.unit.node.slurm.services import Services

GROUP = CLUSTER.pools[0].groups[0]
CALLS = "POST /projects/p/zones/z/instanceGroupManagers/vega-hpc-mig/"
URL = "https://compute.googleapis.com/compute/v1/projects/p/zones/z/instances/{}"
NO_ROOM = {"errors": {"errors": [{"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "no room"}]}}


def _cloud() -> Gcp:
    return Gcp(CLUSTER, Identity(GOOGLE))


def _listed(name: str, **more: Any) -> dict[str, Any]:
    return {"instance": URL.format(name), "name": name, "currentAction": "NONE", **more}


def test_machines_are_made_with_their_nodes_names_in_one_call(services: Services) -> None:
    services.answers[f"{CALLS}createInstances"] = (200, {"name": "operation"})
    _cloud().create(GROUP, ["vega-hpc-6", "vega-hpc-7"], Kept())
    assert services.bodies("POST") == [{"instances": [{"name": "vega-hpc-6"}, {"name": "vega-hpc-7"}]}]


TAKEN = (400, {"error": {"code": 400, "message": "Instance already exists.", "errors": [{"reason": "invalid"}]}})


def test_one_whose_name_is_taken_keeps_no_other_from_coming(services: Services) -> None:
    services.answers[f"{CALLS}createInstances"] = [TAKEN, (200, {}), TAKEN, TAKEN, (200, {})]
    _cloud().create(GROUP, ["vega-hpc-1", "vega-hpc-2", "vega-hpc-3", "vega-hpc-4"], Kept())
    asked = [[each["name"][-1] for each in body["instances"]] for body in services.bodies("POST")]
    assert asked == [["1", "2", "3", "4"], ["1", "2"], ["3", "4"], ["3"], ["4"]]


def test_where_no_machine_can_be_made_the_reason_is_told(services: Services) -> None:
    services.answers[f"{CALLS}createInstances"] = TAKEN
    with pytest.raises(CallFailed, match="Instance already exists"):
        _cloud().create(GROUP, ["vega-hpc-1", "vega-hpc-2"], Kept())


def test_machines_are_deleted_by_name_and_one_that_is_gone_spoils_nothing(services: Services) -> None:
    services.answers[f"{CALLS}deleteInstances"] = (200, {})
    _cloud().delete(GROUP, [Instance(GROUP.name, URL.format("vega-hpc-6"), "vega-hpc-6", RUNNING)], Kept())
    assert services.bodies("POST") == [
        {"instances": [URL.format("vega-hpc-6")], "skipInstancesOnValidationError": True}
    ]


@pytest.mark.parametrize(
    ("told", "its"),
    [
        ({"instanceStatus": "RUNNING"}, RUNNING),
        ({"currentAction": "CREATING"}, CREATING),
        ({"instanceStatus": "STAGING", "currentAction": "CREATING"}, CREATING),
        ({"currentAction": "CREATING", "lastAttempt": NO_ROOM}, FAILED),
        ({"instanceStatus": "RUNNING", "currentAction": "DELETING"}, DELETING),
        ({"instanceStatus": "TERMINATED"}, STOPPED),
        ({"instanceStatus": "STOPPING"}, STOPPED),
    ],
)
def test_a_machine_is_what_the_group_says_of_it(services: Services, told: dict[str, Any], its: str) -> None:
    services.answers[f"{CALLS}listManagedInstances"] = (200, {"managedInstances": [_listed("vega-hpc-6", **told)]})
    (found,) = _cloud().look([GROUP], Kept())
    assert (found.node, found.state) == ("vega-hpc-6", its)
    assert found.code == ("ZONE_RESOURCE_POOL_EXHAUSTED" if its == FAILED else "")


def test_a_machine_with_another_name_is_no_nodes(services: Services) -> None:
    services.answers[f"{CALLS}listManagedInstances"] = (200, {"managedInstances": [_listed("vega-hpc-mig-x1y2")]})
    assert [each.node for each in _cloud().look([GROUP], Kept())] == [""]


def test_a_long_list_is_read_to_its_end(services: Services) -> None:
    pages = [
        {"managedInstances": [_listed("vega-hpc-1")], "nextPageToken": "n"},
        {"managedInstances": [_listed("vega-hpc-2")]},
    ]
    services.answers[f"{CALLS}listManagedInstances"] = [(200, page) for page in pages]
    assert [each.node for each in _cloud().look([GROUP], Kept())] == ["vega-hpc-1", "vega-hpc-2"]


def test_a_refusal_has_the_clouds_own_code(services: Services) -> None:
    error = {"code": 403, "message": "Quota 'GPUS' exceeded.", "errors": [{"reason": "quotaExceeded"}]}
    services.answers[f"{CALLS}createInstances"] = (403, {"error": error})
    with pytest.raises(CallFailed) as refused:
        _cloud().create(GROUP, ["vega-hpc-6"], Kept())
    assert (refused.value.status, refused.value.code) == (403, "quotaExceeded")


def test_a_token_that_ended_early_is_replaced(services: Services) -> None:
    services.answers[f"{CALLS}createInstances"] = [(401, {}), (200, {})]
    _cloud().create(GROUP, ["vega-hpc-6"], Kept())
    assert len([each for each in services.paths("GET") if each.endswith("token")]) == 2
