"""The pools of a Slurm cluster on Azure: which scale sets its nodes are made in, and what their sizes are."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from cloud_facts.azure.machine_types import MOST_IN_A_PLACEMENT_GROUP, has_infiniband, size
from cluster_provision.checks.azure.machine_price import hourly
from cluster_provision.slurm.cloud import NodeGroup, Pool
from cluster_provision.slurm.gpu_types import gpu_type

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings
    from cluster_provision.settings.slurm_cloud import PoolSettings

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


def _pool(settings: AzureSettings, pool: PoolSettings) -> Pool:
    known, spot = size(pool.machine_type), settings.provisioning_model == "spot"
    price = hourly(settings, pool.machine_type, spot=spot)
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
        hourly=None if price is None else float(price),
    )


def _gpu_type(accelerator: str) -> str:
    """Slurm's word for what the table calls `H100 NVL 94 GB` or `A10, half`."""
    return gpu_type(accelerator.partition(",")[0].replace(" GB", "GB"))
