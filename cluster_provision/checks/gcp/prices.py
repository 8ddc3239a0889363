"""What the kept table of prices says of a machine and its disk."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cloud_facts.gcp.prices import accelerator_price, disk_price, flex_start_price, gpu_price, host_price

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.machine_pools import MachinePool
    from cluster_provision.clouds.gcp.catalogue import MachineFacts

HOURS_A_MONTH = 730
WITHOUT_SUFFIX = 3
"""Machine types with more parts, such as custom ones, are priced in another way."""


@dataclass(frozen=True)
class HourlyPrice:
    """US dollars an hour for one machine, None where unknown. `most`: it costs at most that."""

    machine: Decimal | None
    most: bool = False
    disk: Decimal | None = None


def price_of(pool: MachinePool, facts: MachineFacts | None) -> HourlyPrice:
    """Return the price of one of these machines in its region, with its boot disk."""
    a_month = disk_price(pool.disk_type, pool.region)
    disk = None if a_month is None else a_month * pool.disk_gb / HOURS_A_MONTH
    if pool.model == "flex-start":
        flex = flex_start_price(pool.machine_type, pool.region)
        if flex is not None:
            return HourlyPrice(flex, disk=disk)
    listed = _listed(pool, facts)
    return HourlyPrice(listed, most=listed is not None and pool.model != "standard", disk=disk)


def _listed(pool: MachinePool, facts: MachineFacts | None) -> Decimal | None:
    """Return the price on demand, or the list price where the type isn't sold on demand."""
    if pool.machine_type.count("-") >= WITHOUT_SUFFIX or facts is None:
        return None
    series, _, _ = pool.machine_type.rpartition("-")
    gpus = facts.accelerators[0][1] if facts.accelerators else pool.gpus
    whole = gpu_price(series, pool.region)
    if whole is not None:
        return whole * gpus if facts.accelerators else None
    host = _host(pool, facts)
    if not gpus or host is None:
        return host
    accelerator = facts.accelerators[0][0] if facts.accelerators else pool.accelerator
    each = accelerator_price(accelerator, pool.region)
    return None if each is None else host + each * gpus


def _host(pool: MachinePool, facts: MachineFacts) -> Decimal | None:
    """Return the price of vCPUs and memory, for the series that are priced so."""
    family, kind, *_ = [*pool.machine_type.split("-"), ""]
    prices = host_price(family, pool.region)
    if prices is None or kind == "custom":
        return None
    vcpu, gib = prices
    return vcpu * facts.vcpus + gib * Decimal(str(facts.memory_gib))
