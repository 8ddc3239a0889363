"""A cluster that there is keeps its homes: what would cost its data disk is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.state.base import HeldInstance, StateFacts
from cluster_provision.targets.azure.slurm.standing import look_at_place
from tests.unit.settings.slurm.clouds import settings

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding
    from cluster_provision.settings import AzureSettings

GIVEN = {"DATA_DISK_GB": "100", "ZONES": "1,2"}


def found(held: dict[str, Any], **given: str) -> Finding:
    asked = cast("AzureSettings", settings("azure", **GIVEN, **given))
    there = {
        "name": "vega-data",
        "zone": "1",
        "location": asked.location,
        "resource_group_name": asked.resource_group.upper(),
        "disk_size_gb": 100,
    }
    disk = HeldInstance("azurerm_managed_disk", "", {**there, **held})
    return look_at_place(asked, None, StateFacts(exists=True, instances=(disk,)), "/an/account")


@pytest.mark.parametrize("held", [{}, {"disk_size_gb": 50}])
def test_a_disk_that_stays_or_grows_is_no_loss(held: dict[str, Any]) -> None:
    assert not found(held).failures


def test_the_disk_of_an_earlier_cluster_is_taken_again_or_its_loss_refused() -> None:
    asked = cast("AzureSettings", settings("azure", **GIVEN))
    there = {
        "name": "vega-data",
        "zone": "1",
        "location": asked.location,
        "resource_group_name": asked.resource_group,
        "disk_size_gb": 50,
    }
    for size, refused in ((50, False), (200, True)):
        earlier = HeldInstance("azurerm_managed_disk", "", {**there, "disk_size_gb": size})
        looked = look_at_place(asked, None, StateFacts(), "/an/account", None, (earlier,))
        assert bool(looked.failures) == refused
        assert looked.notes == () if refused else "vega-data of 50 GB, which an earlier cluster left" in looked.notes[0]


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"zone": "2"}, "zone (the first of ZONES) 2 becomes 1"),
        ({"zone": ""}, "zone (the first of ZONES) none becomes 1"),
        ({"location": "elsewhere"}, "region (LOCATION) elsewhere becomes"),
        ({"resource_group_name": "other"}, "resource group (RESOURCE_GROUP) other becomes"),
        ({"disk_size_gb": 200}, "size of 200 GB becomes 100 (DATA_DISK_GB)"),
    ],
)
def test_a_change_that_costs_the_data_disk_is_refused(held: dict[str, Any], told: str) -> None:
    (failure,) = found(held).failures
    assert "disk vega-data, which has homes and accounting, can't stay" in failure.message
    assert told in failure.message


def test_a_volume_grows_and_never_shrinks() -> None:
    pool = HeldInstance("azurerm_netapp_pool", "", {"size_in_tb": 6})
    facts = StateFacts(exists=True, instances=(pool,))
    for wanted, refused in (("anf:6", False), ("anf:8", False), ("anf", True)):
        asked = cast("AzureSettings", settings("azure", **GIVEN, SHARED_STORAGE=wanted))
        assert bool(look_at_place(asked, None, facts, "/an/account").failures) is refused
