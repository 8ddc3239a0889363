"""Checks that the location, and each zone, offers the sizes to this subscription."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import CapacityError, SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.azure.demand import Demand
    from cluster_provision.checks.azure.subject import AzureSubject
    from cluster_provision.clouds.azure.catalogue import Sku
    from cluster_provision.errors import ProvisionError

NAME = "machine-type"


def size(subject: AzureSubject) -> Finding:
    """Look for each size in Azure's list: it may be missing, restricted, not in a zone, or not sold as Spot."""
    by_size = {each.sku.lower(): each for each in reversed(subject.machines)}
    looked = [_size(subject, each) for each in reversed(by_size.values())]
    failures = tuple(failure for _, failure in looked if failure is not None)
    if failures:
        return Finding((Check(NAME, "failed", _told(failures[0])),), failures)
    return Finding((Check(NAME, "ok", "; ".join(told for told, _ in looked)),))


def _size(subject: AzureSubject, demand: Demand) -> tuple[str, ProvisionError | None]:
    """What Azure says of one size, or what is wrong with it."""
    location, given = subject.settings.location, f"{demand.setting}={demand.sku}"
    found = subject.sku(demand.sku)
    if found is None:
        return "", SettingsError((f"{given}: {location} does not have it; {_elsewhere(subject, demand.sku)}",))
    if found.restrictions:
        return "", CapacityError(
            f"{given}: Azure doesn't offer it to this subscription in {location} ({', '.join(found.restrictions)})",
            f"Ask for access in a support request (quota, Compute), or take another place: "
            f"{_elsewhere(subject, demand.sku)}.",
        )
    if problems := tuple(_problems(subject, demand, found)):
        return "", SettingsError(problems)
    zones = f", zones {', '.join(found.zones)}" if found.zones else ", no zones"
    vcpus = f", {found.vcpus} vCPUs" if found.vcpus else ""
    return f"{found.name} in {location}{vcpus}{zones}", None


def _problems(subject: AzureSubject, demand: Demand, found: Sku) -> list[str]:
    s = subject.settings
    free = [zone for zone in found.zones if zone not in found.zones_refused]
    bad = [zone for zone in s.zones if zone not in free]
    problems = []
    if bad:
        told = f"those that do: {', '.join(free)}" if free else "none does; leave ZONES out"
        problems.append(f"ZONES={','.join(s.zones)}: {', '.join(bad)} of {s.location} don't offer {demand.sku}; {told}")
    if demand.spot and found.capabilities.get("LowPriorityCapable", "True") != "True":
        problems.append(f"PROVISIONING_MODEL=spot: {demand.sku} isn't sold as Spot; use standard")
    return problems


def _elsewhere(subject: AzureSubject, sku: str) -> str:
    query = "[].[locationInfo[0].location, restrictions[0].reasonCode]"
    s = subject.settings
    asked = f"--size {sku} --subscription {s.subscription_id} --query {shlex.quote(query)} --output table"
    return f"`az vm list-skus {asked}` lists the places that have it"


def _told(failure: ProvisionError) -> str:
    return failure.problems[0] if isinstance(failure, SettingsError) else failure.message
