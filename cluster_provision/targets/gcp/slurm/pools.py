"""The pools of a Slurm cluster on Google Cloud: which groups its nodes are made in, and what their machines are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import existing_type
from cloud_facts.gcp.processors import processors
from cluster_provision.settings.gcp.slurm_machines import node_machine
from cluster_provision.slurm.cloud import NodeGroup, Pool
from cluster_provision.slurm.gpu_types import gpu_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.settings import GcpSettings
    from cluster_provision.settings.gcp.slurm_machines import SlurmMachine
    from cluster_provision.settings.slurm_cloud import PoolSettings

    Hourly = Callable[[SlurmMachine], float | None]

MIB_A_GIB = 1024


def pool_group(settings: GcpSettings, pool: PoolSettings) -> str:
    """The name of the pool's managed instance group."""
    return f"{settings.name_prefix}-{pool.name}-mig"


def pools_of(settings: GcpSettings, hourly: Hourly) -> tuple[Pool, ...]:
    """The pools, in the order of the settings; `hourly` is what a machine costs an hour."""
    return tuple(_pool(settings, each, hourly) for each in settings.slurm_pools)


def _pool(settings: GcpSettings, pool: PoolSettings, hourly: Hourly) -> Pool:
    machine = node_machine(settings, pool)
    known = existing_type(pool.machine_type)  # the settings have none that isn't known
    vcpus, memory_gib = (known.vcpus, known.memory_gib) if known else (1, 1.0)
    shown = processors(pool.machine_type, vcpus)
    return Pool(
        name=pool.name,
        groups=(NodeGroup(pool_group(settings, pool), pool.nodes, switch=bool(machine.placement)),),
        on=pool.on,
        cpus=shown.cpus,
        sockets=shown.sockets,
        cores=shown.cores,
        threads=shown.threads,
        memory_mb=int(memory_gib * MIB_A_GIB),
        gpu_type=gpu_type(machine.accelerator) if machine.gpus else "",
        gpus=machine.gpus,
        spot=machine.model == "spot",
        hourly=hourly(machine),
    )
