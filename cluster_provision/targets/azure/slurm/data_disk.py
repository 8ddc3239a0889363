"""The controller's data disk, which Destroy deletes with homes and accounting on it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cluster_provision.errors import SettingsError

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.settings import AzureSettings

DISKS = "2023-04-02"
"""The API version that azurerm 5.2.0 uses."""


def disk_size(settings: AzureSettings, cloud: Azure) -> int:
    """The size of the disk in GB; 0 where there is none."""
    found = cloud.find(disk_id(settings), DISKS, "looking up the controller's data disk")
    return int(((found or {}).get("properties") or {}).get("diskSizeGB") or 0)


def disk_id(settings: AzureSettings) -> str:
    """Azure's id of the disk that terraform/azure/slurm makes."""
    group = f"/subscriptions/{settings.subscription_id}/resourceGroups/{settings.resource_group}"
    return f"{group}/providers/Microsoft.Compute/disks/{settings.name_prefix}-data"


def not_kept(settings: AzureSettings) -> SettingsError:
    """The error of DELETE_FILE_SHARES=no: a disk would keep its resource group, and a new cluster could not have it."""
    words = ("--name", f"{settings.name_prefix}-data", "--resource-group", "<group>", "--source", disk_id(settings))
    command = shlex.join(words).replace("'<group>'", "<group>")
    return SettingsError(
        (f"DELETE_FILE_SHARES=no: the disk {settings.name_prefix}-data would go with the cluster all the same",),
        "Keep what is on it first, in a resource group that stays:\n"
        f"  az snapshot create {command} --subscription {settings.subscription_id}\n"
        "Then run Destroy with DELETE_FILE_SHARES=yes. Nothing was removed.",
    )
