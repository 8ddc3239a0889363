"""Checks that the subscription's quotas have room for the machines still to be made.

Machines on demand count on the vCPUs of their family and of the location. Spot machines count on Spot's own quota:
https://learn.microsoft.com/azure/quotas/spot-quota and per-vm-quota-requests (read 2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.clouds.azure.catalogue import spelt
from cluster_provision.errors import QuotaError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cluster_provision.checks.azure.subject import AzureSubject
    from cluster_provision.clouds.azure.catalogue import Quota

NAME = "quotas"
ALL, SPOT = "cores", "lowPriorityCores"


def quotas(subject: AzureSubject) -> Finding:
    """Count only the machines to be added: Azure's usage contains the present ones already. Nodes that can be powered
    on later are told of, and refused by nobody."""
    machines = subject.machines
    later = sum(each.most - each.on for each in machines)
    if not later and not any(each.to_make for each in machines):
        return Finding((Check(NAME, "ok", "nothing is added"),))
    unknown = [each.sku for each in machines if (found := subject.sku(each.sku)) is None or not found.vcpus]
    if unknown:
        return Finding((Check(NAME, "unknown", f"Azure doesn't say how many vCPUs {unknown[0]} has"),))
    limits = subject.catalogue.quotas(subject.settings.location)
    now = _vcpus(subject, {each.name: each.to_make for each in machines})
    checks = tuple(_rows(now, limits))
    with_all = _vcpus(subject, {each.name: each.to_make + each.most - each.on for each in machines})
    notes = tuple(_short_later(with_all, limits)) if later else ()
    short = [check for check in checks if check.status == "failed"]
    if not short:
        return Finding(checks, notes=notes)
    place = subject.settings.location
    failure = QuotaError(
        "the subscription's quotas have no room for this cluster:\n"
        + "\n".join(f"  {check.name.removeprefix('quota ')} in {place}: {check.detail}" for check in short),
        "Ask for more at https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas, make the "
        "cluster smaller, or choose another location. SKIP_CHECKS=quotas skips this check.",
    )
    return Finding(checks, (failure,))


def _vcpus(subject: AzureSubject, counts: Mapping[str, int]) -> dict[str, int]:
    """The vCPUs of so many machines, by the names of the quotas that they count on."""
    needed: dict[str, int] = {}
    for each in subject.machines:
        found, count = subject.sku(each.sku), counts[each.name]
        if found is not None and (count or len(subject.machines) == 1):
            for name in (SPOT,) if each.spot else (found.family, ALL):
                needed[name] = needed.get(name, 0) + found.vcpus * count
    return {name: needed[name] for name in sorted(needed, key=lambda name: name == ALL)}


def _short_later(needed: Mapping[str, int], limits: Mapping[str, Quota]) -> Iterator[str]:
    for name, vcpus in needed.items():
        quota = limits.get(spelt(name))
        if quota is not None and vcpus > quota.limit - quota.usage:
            yield (
                f"quota {name} has no room for all nodes at once: {vcpus} vCPUs with those that are off, "
                f"{quota.usage:.0f} of {quota.limit:.0f} used; Azure refuses those that it has no room for"
            )


def _rows(needed: Mapping[str, int], limits: Mapping[str, Quota]) -> Iterator[Check]:
    for name, vcpus in needed.items():
        quota = limits.get(spelt(name))
        if quota is None:
            yield Check(f"quota {name}", "unknown", f"{vcpus} vCPUs needed; Azure lists no such quota")
            continue
        told = f"{vcpus} vCPUs needed, {quota.usage:.0f} of {quota.limit:.0f} used"
        yield Check(f"quota {name}", "ok" if vcpus <= quota.limit - quota.usage else "failed", told)
