"""The cluster as its machines are told of it, with the servers that Terraform has made for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.checks.azure.machine_price import standing_hourly
from cluster_provision.orchestrators.slurm.cloud_cluster import cloud_cluster
from cluster_provision.targets.azure.slurm.monitor import write_url
from cluster_provision.targets.azure.slurm.mysql import database_server
from cluster_provision.targets.azure.slurm.netapp import volume_shares
from cluster_provision.targets.azure.slurm.pools import pools_of
from cluster_provision.targets.azure.slurm.vault import vault_id

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.settings import AzureSettings
    from cluster_provision.slurm.cloud import CloudCluster


def described(settings: AzureSettings, cloud: Azure) -> CloudCluster:
    """The description, without a proof. Raises NotReady before the volume of homes has an address, and the
    workspace for metrics one."""
    s, shares = settings, volume_shares(settings, cloud)
    place = {"subscription": s.subscription_id, "resource_group": s.resource_group}
    fixed = standing_hourly(s)
    found = cloud_cluster(s, place, pools_of(s), admin=s.admin, shares=shares, fixed_hourly=fixed)
    monitoring = found.monitoring
    if monitoring is not None:
        monitoring = replace(monitoring, remote_write=write_url(s, cloud))
    return replace(found, database=database_server(s), vault=vault_id(s), monitoring=monitoring)
