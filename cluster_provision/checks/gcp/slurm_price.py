"""What a Slurm cluster's machines and its data disk cost, by the tables alone: the machines themselves go by it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import existing_type
from cloud_facts.gcp.prices import disk_price
from cluster_provision.checks.gcp.machine_pools import pool_like
from cluster_provision.checks.gcp.prices import HOURS_A_MONTH, price_of
from cluster_provision.clouds.gcp.catalogue import MachineFacts
from cluster_provision.settings.gcp.slurm_machines import DATA_DISK, controller_machine, login_machine

if TYPE_CHECKING:
    from decimal import Decimal

    from cluster_provision.settings import GcpSettings
    from cluster_provision.settings.gcp.slurm_machines import SlurmMachine


def hourly(settings: GcpSettings, region: str, machine: SlurmMachine) -> float | None:
    """Return the dollars an hour that such a machine costs at most, with its boot disk; None where that is unknown."""
    known = existing_type(machine.machine_type)
    if known is None:
        return None
    accelerators = ((known.accelerator, known.gpus),) if known.kind == "fixed" else ()
    facts = MachineFacts(known.vcpus, known.memory_gib, accelerators, known.local_ssds)
    price = price_of(pool_like(machine, f"{region}-", 1, external_address=settings.external_ip), facts)
    if price.machine is None:
        return None
    return round(float(price.machine + (price.disk or 0)), 4)


def data_disk_monthly(size_gb: int, region: str) -> Decimal | None:
    """Return the dollars a month that a controller's data disk of this size costs; None where that is unknown."""
    a_gb = disk_price(DATA_DISK, region)
    return None if a_gb is None else a_gb * size_gb


def standing_hourly(settings: GcpSettings, region: str) -> float:
    """Return the dollars an hour of what stands whatever Slurm does: controller, its data disk, login nodes.

    What isn't known of them counts as nothing: the check `price` says so before anything is made.
    """
    machines = [controller_machine(settings), *[login_machine(settings)] * len(settings.login_names)]
    disk = float(data_disk_monthly(settings.data_disk_gb, region) or 0) / HOURS_A_MONTH
    return round(sum(hourly(settings, region, each) or 0.0 for each in machines) + disk, 4)
