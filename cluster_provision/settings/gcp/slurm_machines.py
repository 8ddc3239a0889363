"""What each kind of machine of a Slurm cluster on Google Cloud is: type, GPUs, boot disk, how it is ordered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import machine_type

if TYPE_CHECKING:
    from cluster_provision.settings.gcp.settings import GcpSettings
    from cluster_provision.settings.slurm_cloud import PoolSettings

STANDING_DISK_GB = 200
"""Enough for an image with GPU drivers and what is logged: data are on the controller's own disk."""

STANDING_DISK = "pd-balanced"
DATA_DISK = "pd-balanced"


@dataclass(frozen=True)
class SlurmMachine:
    """One kind of machine. `model` is how it is ordered, `reservation` what it is taken from, empty for nothing.

    `placement` is what keeps such machines together, as in cloud_facts.
    """

    machine_type: str
    accelerator: str = ""
    gpus: int = 0
    disk_type: str = STANDING_DISK
    disk_gb: int = STANDING_DISK_GB
    model: str = "standard"
    reservation: str = ""
    placement: str = ""


def node_machine(settings: GcpSettings, pool: PoolSettings) -> SlurmMachine:
    """A node of the pool. The first pool's are those of the cluster's own parameters; others follow their type."""
    facts = machine_type(pool.machine_type)
    if pool.first and pool.machine_type == settings.vm_type:
        accelerator, gpus = settings.accelerator_type, settings.gpu_count
    else:
        accelerator, gpus = facts.accelerator, facts.gpus
    sold = not facts.models or settings.provisioning_model in facts.models
    return SlurmMachine(
        pool.machine_type,
        accelerator if gpus else "",
        gpus,
        _boot_disk(settings.disk_type, pool.machine_type),
        settings.disk_size_gb,
        settings.provisioning_model if pool.first or (sold and settings.provisioning_model == "spot") else "standard",
        settings.reservation_name or "" if pool.first else "",
        facts.placement if settings.compact_placement else "",
    )


def controller_machine(settings: GcpSettings) -> SlurmMachine:
    """The controller."""
    return _standing(settings, settings.controller_machine_type)


def login_machine(settings: GcpSettings) -> SlurmMachine:
    """A login node."""
    return _standing(settings, settings.login_machine_type)


def pool_settings(settings: GcpSettings, pool: PoolSettings) -> GcpSettings:
    """The settings as they would be for a cluster of this pool's type alone."""
    return settings if pool.first else replace(settings, vm_type=pool.machine_type)


def _standing(settings: GcpSettings, name: str) -> SlurmMachine:
    size = min(settings.disk_size_gb, STANDING_DISK_GB)
    return SlurmMachine(name, disk_type=_boot_disk(STANDING_DISK, name), disk_gb=size)


def _boot_disk(wanted: str, name: str) -> str:
    """The wanted type of boot disk, or the first one that the machine type takes."""
    known = machine_type(name).disks
    return wanted if not known or wanted in known else known[0]
