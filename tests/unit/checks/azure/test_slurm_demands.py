"""What is counted of a Slurm cluster on Azure before it is made: controller, login nodes, and nodes that are on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest

from cluster_provision.checks.azure.demand import slurm_demands
from cluster_provision.checks.azure.machine_price import standing_hourly
from cluster_provision.checks.azure.preflight import look
from cluster_provision.checks.azure.subject import AzureSubject
from cluster_provision.clouds.azure.catalogue import AzureCatalogue
from cluster_provision.errors import PriceError, QuotaError
from tests.unit.checks.azure.api import Api, conditions, rows
from tests.unit.settings.slurm.clouds import settings

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding
    from cluster_provision.settings import AzureSettings
    from tests.unit.embedded_cloud.azure_kit import Azure

FAMILY = "standardDSv5Family"
SKU = {"SKU": "Standard_D8s_v5", "CONTROLLER_SKU": "Standard_D4s_v5", "LOGIN_SKU": "Standard_D2s_v5"}
DEBIAN = {"IMAGE": "debian:debian-12:12-gen2:latest", "LOCATION": "eastus"}


def found(azure: Azure, present: dict[str, int] | None = None, **given: str) -> Finding:
    asked = cast("AzureSettings", settings("azure", **{**SKU, **DEBIAN, "INSTANCE_COUNT": "2", **given}))
    demands = slurm_demands(asked, present or {})
    return look(AzureSubject(asked, AzureCatalogue(Api(azure)), demands=demands, slurm=True))  # type: ignore[arg-type]


def test_controller_login_nodes_and_the_nodes_that_are_on_count(azure: Azure) -> None:
    told = rows(found(azure, LOGIN_COUNT="1"))
    assert told[f"quota {FAMILY}"] == ("ok", "22 vCPUs needed, 0 of 20000 used")
    assert told["price"][1].startswith("1.11 USD an hour for 1 x Standard_D4s_v5, 1 x Standard_D2s_v5, 2 x Stand")
    assert {"Standard_D4s_v5", "Standard_D2s_v5", "Standard_D8s_v5"} <= set(told["machine-type"][1].split())


def test_the_data_disk_is_priced_as_the_next_larger_size_that_is_sold(azure: Azure) -> None:
    amount = {
        size: Decimal(rows(found(azure, DATA_DISK_GB=size))["price"][1].partition(" ")[0])
        for size in ("129", "256", "32000")
    }
    assert amount["129"] == amount["256"]
    assert amount["32000"] - amount["256"] == pytest.approx(
        (Decimal("3604.11") - Decimal("38.01")) / 730, abs=Decimal("0.01")
    )
    assert isinstance(found(azure, DATA_DISK_GB="32000", MAX_HOURLY_COST="2").failures[0], PriceError)


def test_a_data_disk_of_unknown_price_is_said_not_to_be_counted(azure: Azure) -> None:
    told = rows(found(azure, LOCATION="westeurope"))["price"][1]
    assert "a data disk of" not in told
    assert "; disks, public addresses" in told


def test_what_stands_costs_by_its_machines_and_the_data_disk() -> None:
    asked = cast("AzureSettings", settings("azure", **{**SKU, **DEBIAN, "LOGIN_COUNT": "2", "DATA_DISK_GB": "1024"}))
    assert standing_hourly(asked) == pytest.approx(0.192 + 2 * 0.096 + 135.17 / 730, abs=0.0001)


def test_machines_of_one_size_are_priced_in_one_entry(azure: Azure) -> None:
    told = rows(found(azure, LOGIN_COUNT="1", CONTROLLER_SKU="Standard_D8s_v5", LOGIN_SKU="Standard_D8s_v5"))
    assert "for 4 x Standard_D8s_v5 and a data disk of 256 GB in eastus" in told["price"][1]


def test_what_is_there_already_is_not_counted_again(azure: Azure) -> None:
    told = rows(found(azure, {"controller": 1, "hpc": 1}))
    assert told[f"quota {FAMILY}"][1].startswith("8 vCPUs needed")


def test_nodes_that_are_off_are_told_of_and_refused_by_nobody(azure: Azure) -> None:
    conditions(azure, quotas={"eastus": {FAMILY: 30}})
    finding = found(azure, MAX_NODES="8", MAX_HOURLY_COST="1.50")
    assert not finding.failures
    assert any("no room for all nodes at once: 68 vCPUs" in note for note in finding.notes)
    assert "with all nodes on" in rows(finding)["price"][1]


def test_what_is_on_is_held_to_quota_and_limit(azure: Azure) -> None:
    conditions(azure, quotas={"eastus": {FAMILY: 19}})
    quota, price = found(azure, MAX_HOURLY_COST="0.50").failures
    assert isinstance(quota, QuotaError)
    assert isinstance(price, PriceError)


def test_a_size_that_is_not_there_is_named_by_its_own_parameter(azure: Azure) -> None:
    (failure,) = found(azure, CONTROLLER_SKU="Standard_Q4s_v9").failures
    assert "CONTROLLER_SKU=Standard_Q4s_v9" in failure.message


def test_an_unknown_price_of_nodes_that_are_off_keeps_nobody_from_a_limit(azure: Azure) -> None:
    unpriced = "hpc:Nodes=2;big:Nodes=2,MachineType=Standard_ND96isr_H200_v5"
    finding = found(azure, PARTITIONS=unpriced, MAX_HOURLY_COST="1.50")
    assert not [each for each in finding.failures if isinstance(each, PriceError)]
    assert "nodes of Standard_ND96isr_H200_v5, whose price isn't in this version's table" in rows(finding)["price"][1]


def test_files_of_the_clusters_own_are_priced_and_looked_for_in_the_location(azure: Azure) -> None:
    told = rows(found(azure, SHARED_STORAGE="anf:8"))
    assert told["services"] == ("ok", "Azure NetApp Files in East US")
    assert "8 TiB of Azure NetApp Files in eastus" in told["price"][1]
    (price,) = found(azure, SHARED_STORAGE="anf:8", MAX_HOURLY_COST="3.00").failures
    assert isinstance(price, PriceError)


def test_a_location_without_a_service_is_refused_with_what_to_set(
    azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AzureCatalogue, "regions_of", lambda self, namespace, kind: frozenset({"westeurope"}))
    (failure,) = found(azure, SHARED_STORAGE="anf").failures
    assert "LOCATION=eastus: Azure has no Azure NetApp Files there; set SHARED_STORAGE=controller" in failure.message


def test_where_azure_does_not_say_what_a_location_has_that_is_unknown(
    azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AzureCatalogue, "regions_of", lambda self, namespace, kind: frozenset())
    assert rows(found(azure, SHARED_STORAGE="anf"))["services"][0] == "unknown"


def test_a_server_of_accounting_is_priced(azure: Azure) -> None:
    without = found(azure, MAX_HOURLY_COST="99").price
    finding = found(azure, ACCOUNTING="mysql", MAX_HOURLY_COST="99")
    assert not finding.failures and without and finding.price
    assert round(finding.price.hourly - without.hourly, 3) == Decimal("0.209")
    assert "a server of Azure Database for MySQL in eastus" in rows(finding)["price"][1]


def test_a_grafana_whose_price_is_not_known_never_counts_as_nothing(azure: Azure) -> None:
    told = rows(found(azure, MONITORING="managed"))["price"][1]
    assert "Managed Grafana, whose price isn't in this version's table, not counted" in told
    (failure,) = found(azure, MONITORING="managed", MAX_HOURLY_COST="99").failures
    assert isinstance(failure, PriceError)
