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
    """Count only the machines to be added: Azure's usage contains the present ones already."""
    if not subject.to_make:
        return Finding((Check(NAME, "ok", "nothing is added"),))
    found = subject.sku()
    if found is None or not found.vcpus:
        return Finding((Check(NAME, "unknown", f"Azure doesn't say how many vCPUs {subject.settings.sku} has"),))
    asked = (SPOT,) if subject.spot else (found.family, ALL)
    needed = found.vcpus * subject.to_make
    checks = tuple(_rows(asked, needed, subject.catalogue.quotas(subject.settings.location)))
    short = [check for check in checks if check.status == "failed"]
    if not short:
        return Finding(checks)
    place = subject.settings.location
    failure = QuotaError(
        "the subscription's quotas have no room for this cluster:\n"
        + "\n".join(f"  {check.name.removeprefix('quota ')} in {place}: {check.detail}" for check in short),
        "Ask for more at https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas, make the "
        "cluster smaller, or choose another location. SKIP_CHECKS=quotas skips this check.",
    )
    return Finding(checks, (failure,))


def _rows(asked: tuple[str, ...], needed: int, limits: Mapping[str, Quota]) -> Iterator[Check]:
    for name in asked:
        quota = limits.get(spelt(name))
        if quota is None:
            yield Check(f"quota {name}", "unknown", f"{needed} vCPUs needed; Azure lists no such quota")
            continue
        told = f"{needed} vCPUs needed, {quota.usage:.0f} of {quota.limit:.0f} used"
        yield Check(f"quota {name}", "ok" if needed <= quota.limit - quota.usage else "failed", told)
