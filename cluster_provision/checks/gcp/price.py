"""Checks the cluster's price an hour, as this version's table knows it, against MAX_HOURLY_COST."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from cloud_facts.gcp.prices import prices_date
from cluster_provision.checks.base import Finding
from cluster_provision.checks.gcp.machine_pools import wanted
from cluster_provision.checks.gcp.prices import HOURS_A_MONTH, price_of
from cluster_provision.checks.gcp.slurm_price import data_disk_monthly
from cluster_provision.checks.too_high import refused
from cluster_provision.errors import CANNOT_LOOK
from cluster_provision.price import Price, dollars
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.machine_pools import MachinePool
    from cluster_provision.checks.gcp.prices import HourlyPrice
    from cluster_provision.checks.gcp.subject import GcpSubject
    from cluster_provision.clouds.gcp.catalogue import MachineFacts

NAME = "price"


def price(subject: GcpSubject) -> Finding:
    """Price the whole cluster, not only what is added. An unknown price never counts as zero."""
    limit = subject.settings.max_hourly_cost
    pools = wanted(subject, subject.zone)
    unseen: list[str] = []
    prices = [(each, price_of(each, _facts(subject, each, unseen))) for each in pools if each.count]
    unknown = sorted({each.machine_type for each, one in prices if one.machine is None})
    if unknown:
        models = {each.model for each, one in prices if one.machine is None}
        why = "; ".join(dict.fromkeys(unseen)) or "not in this version's table"
        told = f"{', '.join(unknown)} in {subject.region} ({', '.join(sorted(models))}): {why}"
        failures = () if limit is None else (refused(f"the price isn't known: {told}", limit),)
        return Finding((Check(NAME, "unknown", told),), failures)
    machines = _machines(prices)
    disks = sum((one.disk * each.count for each, one in prices if one.disk is not None), _data_disk(subject))
    most = any(one.most for _, one in prices)
    whole = Price(
        sum(machines.values(), disks), (*machines.items(), *((("disks", disks),) if disks else ())), at_most=most
    )
    told = _told(subject, whole, disks, unpriced=any(one.disk is None for _, one in prices))
    if limit is None or whole.hourly <= limit:
        return Finding((Check(NAME, "ok", told),), notes=_all_on(subject, pools, whole.hourly), price=whole)
    failure = refused(f"the cluster {'can cost' if most else 'costs'} {told.removeprefix('at most ')}", limit)
    return Finding((Check(NAME, "failed", told),), (failure,), price=whole)


def _machines(prices: list[tuple[MachinePool, HourlyPrice]]) -> dict[str, Decimal]:
    """Dollars an hour by what they are for: `2 x n1-standard-8`."""
    counts: Counter[str] = Counter()
    amounts: dict[str, Decimal] = {}
    for pool, one in prices:
        counts[pool.machine_type] += pool.count
        amounts[pool.machine_type] = amounts.get(pool.machine_type, Decimal(0)) + (one.machine or 0) * pool.count
    return {f"{count} x {machine_type}": amounts[machine_type] for machine_type, count in counts.items()}


def _data_disk(subject: GcpSubject) -> Decimal:
    """Dollars an hour of a Slurm controller's data disk; nothing where there is none, or its price isn't known."""
    if subject.settings.orchestrator_type != "slurm":
        return Decimal(0)
    return (data_disk_monthly(subject.settings.data_disk_gb, subject.region) or Decimal(0)) / HOURS_A_MONTH


def _all_on(subject: GcpSubject, pools: tuple[MachinePool, ...], now: Decimal) -> tuple[str, ...]:
    """What the cluster costs once all nodes are on that there can be; empty where all are."""
    limit = subject.settings.max_hourly_cost
    more = Decimal(0)
    for each in pools:
        one = price_of(each, _facts(subject, each, []))
        if each.possible > each.count:
            if one.machine is None:
                return (
                    f"what {each.machine_type} costs isn't known: nodes of it that are switched on cost more than this",
                )
            more += (one.machine + (one.disk or Decimal(0))) * (each.possible - each.count)
    if not more:
        return ()
    told = f"with all nodes on that there can be, the cluster costs {dollars(now + more)} USD an hour"
    held = (
        f"; MAX_HOURLY_COST={limit} keeps them from being on all at once"
        if limit is not None and now + more > limit
        else ""
    )
    return (told + held,)


def _facts(subject: GcpSubject, pool: MachinePool, unseen: list[str]) -> MachineFacts | None:
    """What the zone has; where the look is refused, why goes to `unseen`."""
    try:
        return subject.catalogue.machine_type(pool.zone, pool.machine_type)
    except CANNOT_LOOK as failure:
        unseen.append(failure.message)
        return None


def _told(subject: GcpSubject, whole: Price, disks: Decimal, *, unpriced: bool) -> str:
    """`141.62 USD an hour for 2 x a3-highgpu-8g in us-central1, disks 0.02 of it; addresses and … not counted`."""
    named = ", ".join(what for what, _ in whole.of if what != "disks")
    parts = [f"{whole.text()} for {named} in {subject.region}"]
    if disks:
        parts.append(f"disks {dollars(disks)} of it")
    extra = ["disks"] if unpriced else []
    if any(each.external_address for each in wanted(subject, subject.zone)):
        extra.append("external addresses")
    if subject.settings.orchestrator_type == "gke":
        extra += ["GKE's own fee", "a node for the system"]
    elif subject.settings.nfs_fileshare_list:
        extra.append("file shares")
    if subject.settings.orchestrator_type == "slurm" and not _data_disk(subject) and not unpriced:
        extra.append("the controller's data disk")
    if subject.settings.orchestrator_type == "slurm" and subject.settings.monitoring == "managed":
        extra.append("samples of Managed Service for Prometheus")
    extra.append("network traffic")
    return f"{', '.join(parts)}; {_listed(extra)} not counted (list prices of {prices_date()})"


def _listed(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
