"""This version's table of prices, and the price of a machine and its disk."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.machines import Machines
    from cluster_provision.clouds.gcp.catalogue import MachineFacts

HOURS_A_MONTH = 730
DISK_REGIONS = ("us-central1", "us-east1", "us-west1")
WITHOUT_SUFFIX = 3
"""Machine types with more parts, such as custom ones, are priced in another way."""


@dataclass(frozen=True)
class HourlyPrice:
    """US dollars an hour for one machine, None where unknown. `most`: it costs at most that."""

    machine: Decimal | None
    most: bool = False
    disk: Decimal | None = None


def date() -> str:
    """Return the newest date among the table's sources."""
    return str(_table()["date"])


def price_of(machines: Machines, facts: MachineFacts | None) -> HourlyPrice:
    """Return the price of one of these machines in its region, with its boot disk."""
    disk = None
    if machines.region in DISK_REGIONS and machines.disk_type in _table()["disk"]:
        disk = Decimal(_table()["disk"][machines.disk_type]) * machines.disk_gb / HOURS_A_MONTH
    if machines.model == "flex-start":
        flex = _table()["flex-start"].get(machines.machine_type, {}).get(machines.region)
        if flex is not None:
            return HourlyPrice(Decimal(flex), disk=disk)
    listed = _listed(machines, facts)
    return HourlyPrice(listed, most=listed is not None and machines.model != "standard", disk=disk)


def _listed(machines: Machines, facts: MachineFacts | None) -> Decimal | None:
    """Return the price on demand, or the list price where the type isn't sold on demand."""
    if machines.machine_type.count("-") >= WITHOUT_SUFFIX or facts is None:
        return None
    series, _, _ = machines.machine_type.rpartition("-")
    gpus = facts.accelerators[0][1] if facts.accelerators else machines.gpus
    whole = _table()["gpu"].get(series, {}).get(machines.region)
    if whole is not None:
        return Decimal(whole) * gpus if facts.accelerators else None
    host = _host(machines, facts)
    if not gpus or host is None:
        return host
    accelerator = facts.accelerators[0][0] if facts.accelerators else machines.accelerator
    each = _table()["accelerator"].get(accelerator, {}).get(machines.region)
    return None if each is None else host + Decimal(each) * gpus


def _host(machines: Machines, facts: MachineFacts) -> Decimal | None:
    """Return the price of vCPUs and memory, for the series that are priced so."""
    family, kind, *_ = [*machines.machine_type.split("-"), ""]
    prices = _table()["host"].get(family, {}).get(machines.region)
    if prices is None or kind == "custom":
        return None
    vcpu, gib = (Decimal(each) for each in prices)
    return vcpu * facts.vcpus + gib * Decimal(str(facts.memory_gib))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("cluster_provision.checks.gcp").joinpath("prices.toml").read_text())
