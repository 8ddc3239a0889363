"""Checks the cluster's price an hour, as this version's table knows it, against MAX_HOURLY_COST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.azure import prices
from cluster_provision.checks.base import Finding
from cluster_provision.checks.dollars import dollars, refused
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.azure.subject import AzureSubject

NAME = "price"


def price(subject: AzureSubject) -> Finding:
    """Price all of the cluster's machines, not only the added ones. An unknown price never counts as zero.

    A Spot machine costs at most MAX_PRICE where that is set, else at most the price on demand.
    """
    s = subject.settings
    each = prices.price(s.sku, s.location)
    if subject.spot and s.max_price is not None:
        each = s.max_price if each is None else min(each, s.max_price)
    limit = s.max_hourly_cost
    if each is None:
        told = f"{s.sku} in {s.location}: not in this version's table"
        failures = () if limit is None else (refused(f"the price isn't known: {told}", limit),)
        return Finding((Check(NAME, "unknown", told),), failures)
    total = each * s.instance_count
    least = "at most " if subject.spot else ""
    told = (
        f"{least}{dollars(total)} USD an hour for {s.instance_count} x {s.sku} in {s.location}; disks, public "
        f"addresses, NAT gateway and traffic not counted (list prices of {prices.prices_date()})"
    )
    if limit is None or total <= limit:
        return Finding((Check(NAME, "ok", told),))
    what = "can cost" if subject.spot else "costs"
    return Finding(
        (Check(NAME, "failed", told),), (refused(f"the cluster {what} {dollars(total)} USD an hour", limit),)
    )
