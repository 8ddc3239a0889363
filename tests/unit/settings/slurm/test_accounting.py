"""ACCOUNTING: where the accounts are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cluster_provision.targets.azure.slurm.mysql import database_server, server_name
from tests.unit.settings.slurm.clouds import problems, settings

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings


def azure(**given: str) -> AzureSettings:
    return cast("AzureSettings", settings("azure", **given))


def test_a_server_of_accounting_is_azures() -> None:
    assert settings("azure", ACCOUNTING="mysql").accounting == "mysql"
    (problem,) = problems("gcp", ACCOUNTING="mysql")
    assert problem.startswith("ACCOUNTING=mysql is a server of Azure's")


def test_the_servers_name_is_this_clusters_alone() -> None:
    names = {
        server_name(azure(ACCOUNTING="mysql", **given))
        for given in ({}, {"NAME_PREFIX": "vegb"}, {"RESOURCE_GROUP": "other"})
    }
    assert len(names) == 3 and all(3 <= len(name) <= 63 for name in names)


def test_the_longest_prefix_makes_a_name_that_azure_takes() -> None:
    assert len(server_name(azure(ACCOUNTING="mysql", NAME_PREFIX="v" * 40))) <= 63


def test_without_a_server_the_controller_knows_none() -> None:
    assert database_server(azure()) is None
    found = database_server(azure(ACCOUNTING="mysql"))
    assert found is not None and found.host == f"{found.server.rpartition('/')[2]}.mysql.database.azure.com"
