"""Checks that the subscription has the location."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from cloud_facts.azure.regions import regions
from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.azure.subject import AzureSubject

NAME = "location"


def location(subject: AzureSubject) -> Finding:
    """Compare LOCATION with Azure's own list, and with Bastion's. The failure suggests the nearest names."""
    asked, there = subject.settings.location, subject.catalogue.locations()
    if asked in there and subject.settings.access == "bastion":
        offered = subject.catalogue.regions_of("Microsoft.Network", "bastionHosts")
        if offered and asked not in offered:
            told = f"ACCESS=bastion: Azure Bastion isn't offered in LOCATION={asked}; choose another of the two"
            return Finding((Check(NAME, "failed", f"no Bastion in {asked}"),), (SettingsError((told,)),))
    if asked in there:
        known = regions().get(asked)
        alone = ", which Azure opens to a subscription on request alone" if known and known.restricted else ""
        return Finding((Check(NAME, "ok", (there[asked] or asked) + alone),))
    near = get_close_matches(asked, there, n=3, cutoff=0.6)
    listed = f"az account list-locations --subscription {subject.settings.subscription_id} --output table"
    meant = f"did you mean {' or '.join(near)}?" if near else f"`{listed}` shows all"
    failure = SettingsError((f"LOCATION={asked}: the subscription has no such location; {meant}",))
    return Finding((Check(NAME, "failed", f"no location {asked}"),), (failure,))
