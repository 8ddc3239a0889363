"""The settings of a run on Azure, typed."""

from __future__ import annotations

from dataclasses import dataclass, field

from cloud_facts.azure.machine_types import has_infiniband
from cluster_provision.settings.declared.azure.access import AzureAccessParameters
from cluster_provision.settings.declared.azure.capacity import AzureCapacityParameters
from cluster_provision.settings.declared.azure.cluster import AzureClusterParameters
from cluster_provision.settings.declared.azure.machine import AzureMachineParameters
from cluster_provision.settings.declared.azure.nodes import AzureNodeParameters
from cluster_provision.settings.declared.azure.run import AzureRunParameters
from cluster_provision.settings.declared.azure.slurm import AzureSlurmParameters
from cluster_provision.settings.declared.azure.storage import AzureStorageParameters
from cluster_provision.settings.declared.health import HealthParameters
from cluster_provision.settings.parameter import confidential_text
from cluster_provision.settings.slurm_cloud import SlurmCloudSettings


@dataclass(frozen=True, kw_only=True)
class AzureSettings(
    AzureRunParameters,
    AzureSlurmParameters,
    AzureNodeParameters,
    HealthParameters,
    AzureStorageParameters,
    AzureAccessParameters,
    AzureCapacityParameters,
    AzureMachineParameters,
    AzureClusterParameters,
    SlurmCloudSettings,
):
    """Every parameter that has an effect, under its name in lower case.

    Values that follow from several parameters are filled in: `name_prefix`, `vmss_name`, `resource_group`, `orch_mode`,
    `access`, `ssh_private_key`. From the files come `ssh_public_key` (one line, empty if the tool makes a pair) and
    `cloud_init_text`; from CONFIG_FILE `subscription_name`, which holds where `subscription_id` is empty, and
    `monitor_tags`.
    """

    ssh_public_key: str = ""
    cloud_init_text: str = confidential_text()
    subscription_name: str = ""
    monitor_tags: dict[str, str] = field(default_factory=dict)

    @property
    def machine_type(self) -> str:
        """The machines' size."""
        return self.sku

    @property
    def controller_machine_type(self) -> str:
        """The size of Slurm's controller."""
        return self.controller_sku

    @property
    def login_machine_type(self) -> str:
        """The size of Slurm's login nodes."""
        return self.login_sku or self.controller_sku

    @property
    def writes_scripts(self) -> bool:
        """The Bastion scripts."""
        return self.access == "bastion"

    @property
    def infiniband(self) -> bool:
        """Whether the machines are known to have InfiniBand between them."""
        return has_infiniband(self.sku)

    @property
    def single_placement_group(self) -> bool:
        """Whether the machines share one placement group, which InfiniBand needs in uniform mode."""
        return self.orch_mode == "uniform" and self.infiniband
