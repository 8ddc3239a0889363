"""The pools of a Slurm cluster on Azure: which scale sets its nodes are made in, and what their sizes are."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from cloud_facts.azure import prices
from cloud_facts.azure.machine_types import size
from cluster_provision.slurm.cloud import NodeGroup, Pool
from cluster_provision.slurm.gpu_types import gpu_type

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings
    from cluster_provision.settings.slurm_cloud import PoolSettings

MOST_IN_A_PLACEMENT_GROUP = 100
"""https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-placement-groups"""

LONGEST_PREFIX = 58
"""Characters of a Linux scale set's computer_name_prefix: Azure appends six."""


def pools_of(settings: AzureSettings) -> tuple[Pool, ...]:
    """The pools, in the order of the settings. What isn't known of a size is left at nothing."""
    return tuple(_pool(settings, each) for each in settings.slurm_pools)


def groups_of(settings: AzureSettings, pool: PoolSettings) -> tuple[NodeGroup, ...]:
    """The pool's scale sets: HPC_MAX_NUM_VMS nodes in each but the last, which lie close together."""
    most = settings.hpc_max_num_vms
    if has_infiniband(pool.machine_type):
        most = min(most, MOST_IN_A_PLACEMENT_GROUP)
    chunks = [pool.nodes[at : at + most] for at in range(0, len(pool.nodes), most)]
    return tuple(
        NodeGroup(f"{settings.name_prefix}-{pool.name}-set{number}", nodes, switch=True)
        for number, nodes in enumerate(chunks, start=1)
    )


def computer_name_prefix(group: NodeGroup) -> str:
    """The beginning of the computer names in a scale set, which no other one of the cluster has."""
    if len(group.name) < LONGEST_PREFIX:
        return f"{group.name}-"
    short = sha256(group.name.encode()).hexdigest()[:8]
    return f"{group.name[: LONGEST_PREFIX - len(short) - 2]}-{short}-"


def has_infiniband(sku: str) -> bool:
    """Whether machines of this size are known to have InfiniBand between them."""
    known = size(sku)
    return known is not None and known.infiniband


def hourly(settings: AzureSettings, sku: str, *, spot: bool = False) -> float | None:
    """The dollars an hour that a machine of this size costs at most; None where this version knows no price."""
    found = prices.price(sku, settings.location)
    if spot and settings.max_price is not None:
        found = settings.max_price if found is None else min(found, settings.max_price)
    return None if found is None else float(found)


def _pool(settings: AzureSettings, pool: PoolSettings) -> Pool:
    known, spot = size(pool.machine_type), settings.provisioning_model == "spot"
    vcpus = known.vcpus if known else 1
    # Azure's tables have vCPUs alone. slurmctld takes a node that has more cores than it was told of, and refuses one
    # with fewer: so each core is said to have two threads, as most sizes' have.
    threads = 2 if vcpus % 2 == 0 else 1
    gpus = known.gpus if known else 0
    return Pool(
        name=pool.name,
        groups=groups_of(settings, pool),
        on=pool.on,
        cpus=vcpus,
        sockets=1,
        cores=vcpus // threads,
        threads=threads,
        memory_mb=known.memory_gb * 1024 if known else 1024,
        gpu_type=_gpu_type(known.accelerator) if known and gpus else "",
        gpus=gpus,
        together=has_infiniband(pool.machine_type),
        spot=spot,
        hourly=hourly(settings, pool.machine_type, spot=spot),
    )


def _gpu_type(accelerator: str) -> str:
    """Slurm's word for what the table calls `H100 NVL 94 GB` or `A10, half`."""
    return gpu_type(accelerator.partition(",")[0].replace(" GB", "GB"))
