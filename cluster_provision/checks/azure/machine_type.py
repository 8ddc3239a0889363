"""Checks that the location, and each zone, offers the size to this subscription."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import CapacityError, SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.azure.subject import AzureSubject
    from cluster_provision.clouds.azure.catalogue import Sku
    from cluster_provision.errors import ProvisionError

NAME = "machine-type"


def size(subject: AzureSubject) -> Finding:
    """Look for the size in Azure's list: it may be missing, restricted, not in a zone, or not sold as Spot."""
    s = subject.settings
    found = subject.sku()
    if found is None:
        return _failed(SettingsError((f"SKU={s.sku}: {s.location} does not have it; {_elsewhere(subject)}",)))
    if found.restrictions:
        return _failed(
            CapacityError(
                f"SKU={s.sku}: Azure doesn't offer it to this subscription in {s.location} "
                f"({', '.join(found.restrictions)})",
                f"Ask for access in a support request (quota, Compute), or take another place: {_elsewhere(subject)}.",
            )
        )
    problems = tuple(_problems(subject, found))
    if problems:
        return _failed(SettingsError(problems))
    zones = f", zones {', '.join(found.zones)}" if found.zones else ", no zones"
    vcpus = f", {found.vcpus} vCPUs" if found.vcpus else ""
    return Finding((Check(NAME, "ok", f"{found.name} in {s.location}{vcpus}{zones}"),))


def _problems(subject: AzureSubject, found: Sku) -> list[str]:
    s = subject.settings
    free = [zone for zone in found.zones if zone not in found.zones_refused]
    bad = [zone for zone in s.zones if zone not in free]
    problems = []
    if bad:
        told = f"those that do: {', '.join(free)}" if free else "none does; leave ZONES out"
        problems.append(f"ZONES={','.join(s.zones)}: {', '.join(bad)} of {s.location} don't offer {s.sku}; {told}")
    if subject.spot and found.capabilities.get("LowPriorityCapable", "True") != "True":
        problems.append(f"PROVISIONING_MODEL=spot: {s.sku} isn't sold as Spot; use standard")
    return problems


def _elsewhere(subject: AzureSubject) -> str:
    query = "[].[locationInfo[0].location, restrictions[0].reasonCode]"
    s = subject.settings
    asked = f"--size {s.sku} --subscription {s.subscription_id} --query {shlex.quote(query)} --output table"
    return f"`az vm list-skus {asked}` lists the places that have it"


def _failed(failure: ProvisionError) -> Finding:
    told = failure.problems[0] if isinstance(failure, SettingsError) else failure.message
    return Finding((Check(NAME, "failed", told),), (failure,))
