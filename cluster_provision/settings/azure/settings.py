"""The settings of a run on Azure, typed."""

from __future__ import annotations

from dataclasses import dataclass

from cloud_facts.azure.machine_types import size
from cluster_provision.settings.common import CloudSettings
from cluster_provision.settings.declared.azure.access import AzureAccessParameters
from cluster_provision.settings.declared.azure.capacity import AzureCapacityParameters
from cluster_provision.settings.declared.azure.cluster import AzureClusterParameters
from cluster_provision.settings.declared.azure.machine import AzureMachineParameters
from cluster_provision.settings.declared.azure.nodes import AzureNodeParameters
from cluster_provision.settings.declared.azure.run import AzureRunParameters
from cluster_provision.settings.declared.azure.storage import AzureStorageParameters
from cluster_provision.settings.parameter import confidential_text


@dataclass(frozen=True, kw_only=True)
class AzureSettings(
    AzureRunParameters,
    AzureNodeParameters,
    AzureStorageParameters,
    AzureAccessParameters,
    AzureCapacityParameters,
    AzureMachineParameters,
    AzureClusterParameters,
    CloudSettings,
):
    """Every parameter that has an effect, under its name in lower case.

    Values that follow from several parameters are filled in: `name_prefix`, `vmss_name`, `resource_group`, `orch_mode`,
    `access`, `ssh_private_key`. From the files come `ssh_public_key` (one line, empty if the tool makes a pair) and
    `cloud_init_text`.
    """

    ssh_public_key: str = ""
    cloud_init_text: str = confidential_text()

    @property
    def infiniband(self) -> bool:
        """Whether the machines are known to have InfiniBand between them."""
        known = size(self.sku)
        return known is not None and known.infiniband

    @property
    def single_placement_group(self) -> bool:
        """Whether the machines share one placement group, which InfiniBand needs in uniform mode."""
        return self.orch_mode == "uniform" and self.infiniband
