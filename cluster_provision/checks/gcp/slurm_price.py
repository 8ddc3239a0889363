"""What a machine of a Slurm cluster costs an hour, by the tables alone: the machines themselves go by it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import existing_type
from cluster_provision.checks.gcp.machine_pools import pool_like
from cluster_provision.checks.gcp.prices import price_of
from cluster_provision.clouds.gcp.catalogue import MachineFacts

if TYPE_CHECKING:
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
