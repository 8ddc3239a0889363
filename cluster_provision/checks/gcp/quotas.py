"""Checks that the project's quotas have room for what the cluster adds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.gcp.demand import GLOBAL, demands
from cluster_provision.checks.gcp.machine_pools import wanted
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import CANNOT_LOOK, QuotaError
from cluster_provision.parallel import at_once
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.demand import Demand
    from cluster_provision.checks.gcp.subject import GcpSubject
    from cluster_provision.clouds.gcp.catalogue import Quota
    from cluster_provision.result import CheckStatus

NAME = "quotas"


@dataclass(frozen=True)
class Verdict:
    """A demand, whether the quota meets it, and how much there is."""

    demand: Demand
    status: CheckStatus
    told: str


def quotas(subject: GcpSubject) -> Finding:
    """Check the region of the cluster's zone. What an alternative region lacks is a note, and no failure."""
    alternatives = () if subject.facts.settled else subject.settings.zone
    zones = {zone.rpartition("-")[0]: zone for zone in reversed((subject.zone, *alternatives))}
    first, *others = dict.fromkeys(zone.rpartition("-")[0] for zone in (subject.zone, *alternatives))
    found = at_once([partial(_verdicts, subject, zones[region]) for region in (first, *others)])
    failed = [v for v in found[0] if v.status == "failed"]
    checks = [_row(v) for v in found[0]] or [Check(NAME, "ok", "nothing is added")]
    notes = []
    for region, verdicts in zip(others, found[1:], strict=True):
        short = [v for v in verdicts if v.status == "failed" and v.demand.place != GLOBAL]
        checks += [_row(v) for v in short]
        if short:
            lacking = "; ".join(f"{v.demand.metric}: {v.told}" for v in short)
            notes.append(f"the quotas of the alternative in {region} have no room for it: {lacking}")
    if not failed and any(pool.possible > pool.count for pool in wanted(subject, subject.zone)):
        short = [v for v in _verdicts(subject, subject.zone, later=True) if v.status == "failed"]
        lacking = "; ".join(f"{v.demand.metric}: {v.told}" for v in short)
        notes += [f"the quotas have no room for all nodes that there can be: {lacking}"] if short else []
    failures: tuple[QuotaError, ...] = ()
    if failed:
        failures = (
            QuotaError(
                "the project's quotas have no room for this cluster:\n"
                + "\n".join(f"  {v.demand.metric} in {v.demand.place}: {v.told}" for v in failed),
                f"Ask for more on {_console(subject)}, make the cluster smaller, or choose another region. "
                "SKIP_CHECKS=quotas skips this check.",
            ),
        )
    return Finding(tuple(checks), failures, tuple(notes))


def _console(subject: GcpSubject) -> str:
    return f"https://console.cloud.google.com/iam-admin/quotas?project={subject.settings.project_id}"


def _row(verdict: Verdict) -> Check:
    demand = verdict.demand
    place = "" if demand.place == GLOBAL else f" in {demand.place}"
    return Check(f"quota {demand.metric or demand.what}", verdict.status, f"{verdict.told}{place}")


def _verdicts(subject: GcpSubject, zone: str, *, later: bool = False) -> list[Verdict]:
    """Judge all demands of a cluster in this zone. Cloud Quotas answers for what Compute Engine doesn't list."""
    region = zone.rpartition("-")[0]
    asked = demands(subject, zone, later=later)
    here, everywhere = at_once([partial(_limits, subject, region), partial(_limits, subject, GLOBAL)])
    return at_once([partial(_verdict, subject, d, everywhere if d.place == GLOBAL else here) for d in asked])


def _limits(subject: GcpSubject, place: str) -> dict[str, Quota] | str:
    """Return the quotas by metric, or the reason why they are not available."""
    try:
        return subject.catalogue.quotas("" if place == GLOBAL else place)
    except (*CANNOT_LOOK, NotFound) as failure:
        return str(failure)


def _verdict(subject: GcpSubject, demand: Demand, limits: dict[str, Quota] | str) -> Verdict:
    needed = f"{demand.amount:.0f} needed"
    if isinstance(limits, str):
        return Verdict(demand, "unknown", f"{needed}; {limits}")
    quota = limits.get(demand.metric)
    if quota is None:
        return _by_second_source(subject, demand, needed)
    if demand.amount <= quota.limit - quota.usage:
        return Verdict(demand, "ok", f"{needed}, {quota.usage:.0f} of {quota.limit:.0f} used")
    regular = limits.get(demand.regular)
    if quota.limit == 0 and regular is not None:
        # https://cloud.google.com/compute/docs/instances/create-use-spot: Spot machines use the regular quota where
        # the project has no preemptible one. For GPUs reports differ.
        room = demand.amount <= regular.limit - regular.usage
        told = f"{needed}, none granted, and {regular.usage:.0f} of {regular.limit:.0f} {demand.regular} used"
        return Verdict(demand, "unknown" if room else "failed", told)
    return Verdict(demand, "failed", f"{needed}, {quota.usage:.0f} of {quota.limit:.0f} used")


def _by_second_source(subject: GcpSubject, demand: Demand, needed: str) -> Verdict:
    """Judge by the limit alone: a limit too small fails, and one large enough is "unknown", as usage is missing."""
    if demand.source is None:
        return Verdict(demand, "unknown", f"{needed}; Compute Engine lists no such quota")
    try:
        limit = subject.catalogue.quota_limit(
            demand.source.service, demand.source.quota, demand.place, dict(demand.source.dimensions)
        )
    except (*CANNOT_LOOK, NotFound) as failure:
        why = str(failure).partition(". ")[0]
        return Verdict(demand, "unknown", f"{needed}; Compute Engine lists no such quota, and {why}")
    if limit is None:
        return Verdict(demand, "unknown", f"{needed}; neither Compute Engine nor Cloud Quotas lists such a quota")
    if limit < demand.amount:
        return Verdict(demand, "failed", f"{needed}, the limit is {limit:.0f} (Cloud Quotas)")
    return Verdict(demand, "unknown", f"{needed}, the limit is {limit:.0f}; Cloud Quotas doesn't say how much is used")
