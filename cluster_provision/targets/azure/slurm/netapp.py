"""The volume of Azure NetApp Files that has homes and /shared, where SHARED_STORAGE=anf asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_facts.azure.netapp import MOUNT_OPTIONS
from cluster_provision.errors import NotReady
from cluster_provision.slurm.shares import shares_on

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.settings import AzureSettings
    from cluster_provision.slurm.cluster import Share

VERSION = "2026-01-01"
"""The API version that azurerm 5.2.0 uses."""
POOL = "azurerm_netapp_pool"


def netapp_variables(settings: AzureSettings) -> dict[str, Any] | None:
    """The volume's variables of terraform/azure/slurm; None for none."""
    storage = settings.shared_storage
    return {"size_tib": storage.tib} if storage.kind == "anf" else None


def volume_id(settings: AzureSettings) -> str:
    """Azure's id of the volume that terraform/modules/azure/netapp_files makes."""
    group = f"/subscriptions/{settings.subscription_id}/resourceGroups/{settings.resource_group}"
    prefix = settings.name_prefix
    account = f"{group}/providers/Microsoft.NetApp/netAppAccounts/{prefix}-netapp"
    return f"{account}/capacityPools/{prefix}-pool/volumes/{prefix}-shared"


def volume_tib(settings: AzureSettings, cloud: Azure) -> float:
    """The volume's capacity in TiB; 0 where there is none."""
    return int((_volume(settings, cloud).get("properties") or {}).get("usageThreshold") or 0) / 2**40


def volume_shares(settings: AzureSettings, cloud: Azure) -> tuple[Share, ...]:
    """What machines mount; nothing without the volume's being asked for. Raises NotReady before it has an address."""
    if settings.shared_storage.kind != "anf":
        return ()
    properties = _volume(settings, cloud).get("properties") or {}
    address = next((str(each.get("ipAddress") or "") for each in properties.get("mountTargets") or ()), "")
    if not address:
        raise NotReady(f"volume {settings.name_prefix}-shared has no address to mount it by", "Run Create again.")
    return shares_on(address, f"/{properties['creationToken']}", MOUNT_OPTIONS)


def _volume(settings: AzureSettings, cloud: Azure) -> dict[str, Any]:
    return cloud.find(volume_id(settings), VERSION, "looking up the volume of homes") or {}
