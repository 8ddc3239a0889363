"""Checks the cluster's price an hour, as this version's table knows it, against MAX_HOURLY_COST."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cloud_facts.azure import prices
from cluster_provision.checks.azure.machine_price import bastion_hourly, data_disk_hourly, hourly
from cluster_provision.checks.azure.surroundings import prices as prices_of_others
from cluster_provision.checks.azure.surroundings import unpriced
from cluster_provision.checks.base import Finding
from cluster_provision.checks.too_high import refused
from cluster_provision.price import Price, dollars
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.azure.demand import Demand
    from cluster_provision.checks.azure.subject import AzureSubject

NAME = "price"


def price(subject: AzureSubject) -> Finding:
    """Price all machines that are to be on, not only the added ones. An unknown price never counts as zero.

    A Spot machine costs at most MAX_PRICE where that is set, else at most the price on demand. MAX_HOURLY_COST limits
    what is on: nodes that are off cost nothing, whether their price is known or not.
    """
    s, machines = subject.settings, subject.machines
    limit = s.max_hourly_cost
    each = {demand.name: hourly(s, demand.sku, spot=demand.spot) for demand in machines}
    unknown = [demand for demand in machines if each[demand.name] is None]
    unknown_on = [demand for demand in unknown if demand.on]
    if unknown_on:
        told = f"{unknown_on[0].sku} in {s.location}: not in this version's table"
        failures = () if limit is None else (refused(f"the price isn't known: {told}", limit),)
        return Finding((Check(NAME, "unknown", told),), failures)
    disk, bastion = data_disk_hourly(s) if subject.slurm else None, bastion_hourly(s)
    others = prices_of_others(s) if subject.slurm else {}
    without = unpriced(s) if subject.slurm else []
    fixed = sum(others.values(), (disk or Decimal(0)) + bastion)
    total, most = (
        sum(((each[d.name] or Decimal(0)) * count for d, count in counted), fixed) for counted in _counted(machines)
    )
    spot = any(demand.spot for demand in machines)
    skus = dict.fromkeys(demand.sku for demand in machines if demand.on)
    counts = {sku: sum(demand.on for demand in machines if demand.sku == sku) for sku in skus}
    what = ", ".join(f"{count} x {sku}" for sku, count in counts.items())
    disks = "disks" if disk is None else "machines' own disks"
    what += "" if disk is None else f" and a data disk of {s.data_disk_gb} GB"
    what += "".join(f", {name}" for name in others)
    what += f", Bastion {dollars(bastion)} of it," if bastion else ""
    more = f"; {dollars(most)} with all nodes on" if most > total else ""
    more += f"; nodes of {unknown[0].sku}, whose price isn't in this version's table, not counted" if unknown else ""
    more += "".join(f"; {name}, whose price isn't in this version's table, not counted" for name in without)
    parts = {
        **{
            f"{count} x {sku}": sum(((each[d.name] or Decimal(0)) * d.on for d in machines if d.sku == sku), Decimal(0))
            for sku, count in counts.items()
        },
        "the data disk": disk or Decimal(0),
        "Bastion": bastion,
        **others,
    }
    whole = Price(total, tuple((name, amount) for name, amount in parts.items() if amount), at_most=spot)
    told = (
        f"{whole.text()} for {what} in {s.location}{more}; {disks}, public "
        f"addresses, NAT gateway and traffic not counted (list prices of {prices.prices_date()})"
    )
    if without and limit is not None:
        failure = refused(
            f"the price isn't known: {without[0]}, which MONITORING=local lacks, isn't in this version's table", limit
        )
        return Finding((Check(NAME, "unknown", told),), (failure,))
    if limit is None or total <= limit:
        return Finding((Check(NAME, "ok", told),), price=whole)
    costs = "can cost" if spot else "costs"
    return Finding(
        (Check(NAME, "failed", told),),
        (refused(f"the cluster {costs} {dollars(total)} USD an hour", limit),),
        price=whole,
    )


def _counted(machines: tuple[Demand, ...]) -> tuple[list[tuple[Demand, int]], list[tuple[Demand, int]]]:
    """The machines with how many are on, and with how many there can be."""
    return [(each, each.on) for each in machines], [(each, each.most) for each in machines]
