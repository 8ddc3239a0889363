"""The server of Azure Database for MySQL that accounting has with ACCOUNTING=mysql."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_facts.azure.mysql import SIZE
from cluster_provision.slurm.cluster import DatabaseServer
from cluster_provision.targets.azure.slurm.own_digits import own_digits

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings

ADMINISTRATOR = "slurm"
_SUFFIX = "mysql.database.azure.com"


def mysql_variables(settings: AzureSettings) -> dict[str, Any] | None:
    """The server's variables of terraform/azure/slurm; None for none."""
    if settings.accounting != "mysql":
        return None
    return {"name": server_name(settings), "sku_name": SIZE, "administrator": ADMINISTRATOR}


def server_name(settings: AzureSettings) -> str:
    """A name that no other cluster has: those of servers are Azure's alone, in all subscriptions."""
    return f"{settings.name_prefix}-mysql-{own_digits(settings)}"


def database_server(settings: AzureSettings) -> DatabaseServer | None:
    """The server as the controller knows it; None for none."""
    if settings.accounting != "mysql":
        return None
    name = server_name(settings)
    group = f"/subscriptions/{settings.subscription_id}/resourceGroups/{settings.resource_group}"
    path = f"{group}/providers/Microsoft.DBforMySQL/flexibleServers/{name}"
    return DatabaseServer(f"{name}.{_SUFFIX}", ADMINISTRATOR, path)
