"""Rules across fields. Each uses the values that could be read, and finds nothing if one of its inputs is bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.rules.accounting import no_accounting_server
from cluster_provision.settings.rules.azure.access import access
from cluster_provision.settings.rules.azure.files import cloud_init, keys
from cluster_provision.settings.rules.azure.machines import image as azure_image
from cluster_provision.settings.rules.azure.machines import known_size, mode, number, price, security, terms, zones
from cluster_provision.settings.rules.azure.names import names as azure_names
from cluster_provision.settings.rules.azure.slurm import (
    slurm_admin,
    slurm_cores,
    slurm_mode,
    slurm_scale_sets,
    slurm_sizes,
)
from cluster_provision.settings.rules.azure.slurm import slurm_image as azure_slurm_image
from cluster_provision.settings.rules.azure.slurm import slurm_kept_disk as azure_slurm_kept_disk
from cluster_provision.settings.rules.azure.slurm import slurm_without_effect as azure_slurm_without_effect
from cluster_provision.settings.rules.existing.files import files
from cluster_provision.settings.rules.existing.inventory import inventory
from cluster_provision.settings.rules.existing.machines import machines
from cluster_provision.settings.rules.existing.partitions import partitions
from cluster_provision.settings.rules.existing.shares import shares
from cluster_provision.settings.rules.existing.users import users
from cluster_provision.settings.rules.gcp.capacity import provisioning_model, reservation, run_duration
from cluster_provision.settings.rules.gcp.disk import boot_disk
from cluster_provision.settings.rules.gcp.gke import (
    custom_node_pools,
    equal_node_pools,
    names,
    node_pools,
    without_effect,
)
from cluster_provision.settings.rules.gcp.gke_pools import pool_names, pool_networks, pool_sizes
from cluster_provision.settings.rules.gcp.gpus import gpus
from cluster_provision.settings.rules.gcp.image import architecture, image
from cluster_provision.settings.rules.gcp.network import network_cards
from cluster_provision.settings.rules.gcp.nodes import forced_metadata, startup_command
from cluster_provision.settings.rules.gcp.placement import compact_placement, racks
from cluster_provision.settings.rules.gcp.slurm import (
    slurm_groups,
    slurm_homes,
    slurm_image,
    slurm_kept_disk,
    slurm_machines,
    slurm_monitoring,
    slurm_provisioning,
    slurm_sale,
    slurm_without_effect,
)
from cluster_provision.settings.rules.gcp.storage import hidden_files, mounted_state, mounts, state_bucket
from cluster_provision.settings.rules.run import price_limit, unused_folder
from cluster_provision.settings.rules.slurm.cluster import (
    cluster_name,
    cluster_users,
    copied_files,
    data_disk,
    power_keys,
)
from cluster_provision.settings.rules.slurm.monitoring import monitoring_packages, no_managed_monitoring
from cluster_provision.settings.rules.slurm.nccl_tests import nccl_tests
from cluster_provision.settings.rules.slurm.pools import no_machines, pools
from cluster_provision.settings.rules.slurm.pools import partitions as cloud_partitions

if TYPE_CHECKING:
    from cluster_provision.settings.draft import AnyRule, AzureRule, ExistingRule, Rule

_GCP: tuple[Rule, ...] = (
    slurm_without_effect,
    gpus,
    boot_disk,
    image,
    architecture,
    provisioning_model,
    reservation,
    run_duration,
    compact_placement,
    racks,
    network_cards,
    state_bucket,
    mounted_state,
    mounts,
    hidden_files,
    forced_metadata,
    node_pools,
    custom_node_pools,
    equal_node_pools,
    pool_sizes,
    pool_names,
    pool_networks,
    names,
    without_effect,
    slurm_machines,
    slurm_groups,
    slurm_homes,
    slurm_kept_disk,
    slurm_image,
    slurm_provisioning,
    slurm_sale,
    slurm_monitoring,
)
_AZURE: tuple[AzureRule, ...] = (
    known_size,
    mode,
    number,
    zones,
    azure_image,
    security,
    terms,
    price,
    access,
    keys,
    cloud_init,
    slurm_sizes,
    slurm_mode,
    slurm_scale_sets,
    azure_slurm_image,
    slurm_admin,
    azure_slurm_kept_disk,
    azure_slurm_without_effect,
)
_EXISTING: tuple[ExistingRule, ...] = (
    files,
    inventory,
    machines,
    shares,
    partitions,
    users,
)
_SLURM: tuple[AnyRule, ...] = (
    no_machines,
    cluster_name,
    pools,
    cloud_partitions,
    cluster_users,
    copied_files,
    power_keys,
    data_disk,
    monitoring_packages,
    nccl_tests,
)
"""Before the cloud's own rules, which go by the numbers that these fill in."""
_WHERE_MADE: tuple[AnyRule, ...] = (
    startup_command,
    price_limit,
)
RULES: dict[str, tuple[AnyRule, ...]] = {
    "gcp": (no_accounting_server, *_SLURM, *_GCP, *_WHERE_MADE, unused_folder),
    "azure": (azure_names, slurm_cores, *_SLURM, *_AZURE, *_WHERE_MADE, unused_folder),
    "existing": (
        no_accounting_server,
        no_managed_monitoring,
        *_EXISTING,
        monitoring_packages,
        nccl_tests,
        unused_folder,
    ),
}
"""The rules by cloud."""
