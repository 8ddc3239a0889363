"""What Azure is told of a faulty physical machine, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cloud_facts.azure.guest_health import categories, category_named
from cluster_provision.clouds.azure.guest_health import VERSION, GuestHealthReport, path_of, send
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import PermissionDenied, ProvisionError
from cluster_provision.health.faults import known
from tests.unit.clouds.azure.asked_azure import azure_in
from tests.unit.embedded_cloud.azure_kit import SUBSCRIPTION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cluster_provision.clouds.azure.cloud import Azure as Cloud

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/demo-rg"


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[tuple[Cloud, GuestHealthReport]]:
    """A cloud with a machine, for which any resource will do, and a report on it."""
    with azure_in(tmp_path) as (_, cloud):
        cloud.make_group("demo-rg", "eastus2", {})
        identity = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/vm"
        cloud.make(identity, "2023-01-31", "making it", {"location": "eastus2"})
        report = GuestHealthReport(
            identity, "GGBB90904476", category_named("missingib"), "mlx5_ib3", "2026-12-01T01:02:03Z"
        )
        yield cloud, report


def test_a_report_is_taken_and_can_be_read_again(asked: tuple[Cloud, GuestHealthReport]) -> None:
    cloud, report = asked

    sent = send(cloud, "r-1", report)

    assert sent == path_of(SUBSCRIPTION, "r-1")
    kept = cloud.get(sent, VERSION, "reading it")["properties"]
    assert kept["impactCategory"] == "Resource.Hpc.Unhealthy.MissingIB"
    assert (kept["impactDescription"], kept["additionalProperties"]) == (
        "mlx5_ib3",
        {"PhysicalHostName": "GGBB90904476"},
    )
    with pytest.raises(ProvisionError, match="exists already"):
        send(cloud, "r-1", report)


def test_a_report_on_a_machine_that_is_gone_is_refused(asked: tuple[Cloud, GuestHealthReport]) -> None:
    cloud, report = asked
    cloud.remove(report.resource, "2023-01-31", "removing it")
    with pytest.raises(NotFound, match="was not found"):
        send(cloud, "r-1", report)


def test_who_may_not_report_hears_of_the_role(asked: tuple[Cloud, GuestHealthReport], tmp_path: Path) -> None:
    cloud, report = asked
    (tmp_path / "conditions.json").write_text('{"denied": ["Microsoft.Impact/workloadImpacts/write"]}')
    with pytest.raises(PermissionDenied, match="AuthorizationFailed") as refused:
        send(cloud, "r-1", report)
    assert '"Impact Reporter"' in refused.value.advice
    assert "Nothing was sent" in refused.value.advice


def test_a_subscription_without_the_namespace_hears_the_command_that_registers_it(
    asked: tuple[Cloud, GuestHealthReport], tmp_path: Path
) -> None:
    cloud, report = asked
    (tmp_path / "conditions.json").write_text('{"services_off": ["Microsoft.Impact"]}')
    with pytest.raises(ProvisionError, match=r"not registered to use namespace 'Microsoft\.Impact'") as refused:
        send(cloud, "r-1", report)
    assert "az provider register --namespace" in refused.value.advice


def test_each_category_of_aznhcs_codes_is_one_that_azure_takes() -> None:
    given = [fault.category for fault in known().values() if fault.category]
    assert given
    assert [each for each in given if not category_named(each)] == []
    assert category_named("Resource.Hpc.Reboot") == category_named("REBOOT") == "Resource.Hpc.Reboot"
    assert category_named("") == category_named("Hpc") == ""
    assert len(categories()) == 26
