"""What a cluster has besides its machines: how Terraform is told of it, what keeps it, and what Destroy says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.orchestrators.slurm.description import look_at_accounting, look_at_storage
from cluster_provision.targets.azure.slurm.monitor import monitor_variables
from cluster_provision.targets.azure.slurm.mysql import database_server, mysql_variables
from cluster_provision.targets.azure.slurm.netapp import netapp_variables, volume_tib
from cluster_provision.targets.azure.slurm.vault import vault_name, vault_variables

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.checks.base import Finding
    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.settings import AzureSettings
    from cluster_provision.state.base import StateStore


def variables(settings: AzureSettings, cloud: Azure) -> dict[str, Any]:
    """The variables of terraform/azure/slurm."""
    return {
        "netapp_files": netapp_variables(settings),
        "mysql": mysql_variables(settings),
        "key_vault": vault_variables(settings),
        "monitor": monitor_variables(settings, cloud),
    }


def look_at_data(store: StateStore, settings: AzureSettings) -> Finding:
    """Refuse homes and accounts in another place than those that there are."""
    found = look_at_storage(store, settings.shared_storage)
    return found if settings.accounting == "off" else found + look_at_accounting(store, database_server(settings))


def tell_what_goes(settings: AzureSettings, cloud: Azure, say: Callable[[str], None]) -> None:
    """Say what Destroy deletes of it, and what stays."""
    if tib := volume_tib(settings, cloud):
        say(f"  volume {settings.name_prefix}-shared of {tib:g} TiB goes, with homes and /shared on it")
    if settings.accounting == "mysql":
        say("  the server of Azure Database for MySQL goes, with accounting on it")
    if settings.key_vault:
        say(f"  vault {vault_name(settings)} goes, with the secrets in it")
    if settings.shared_storage.kind == "nfs":
        say(f"  homes stay on {settings.shared_storage.server}, which isn't the cluster's")
