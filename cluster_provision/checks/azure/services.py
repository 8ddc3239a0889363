"""Checks that the subscription has registered the resource providers that the cluster needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.azure.actions import uses_of
from cluster_provision.checks.base import Finding
from cluster_provision.errors import PermissionDenied
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.azure.subject import AzureSubject

NAME = "apis"
ALWAYS = ("microsoft.authorization", "microsoft.resources")
"""Every subscription has these:
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types
"""


def namespaces(subject: AzureSubject) -> Finding:
    """Ask for all of them in one call. Azure doesn't register a provider when Terraform asks for its resource."""
    needed = {action.partition("/")[0]: None for use in uses_of(subject) for action in use.actions}
    states = subject.catalogue.registered()
    asked = [each for each in needed if each.lower() not in ALWAYS]
    missing = [each for each in asked if states.get(each.lower(), "NotRegistered") != "Registered"]
    if not missing:
        return Finding((Check(NAME, "ok", ", ".join(asked)),))
    own = subject.settings.subscription_id
    commands = "\n".join(f"  az provider register --wait --namespace {each} --subscription {own}" for each in missing)
    failure = PermissionDenied(
        f"subscription {own} has not registered resource providers that this cluster needs: {', '.join(missing)}",
        f"Register them, which takes a minute or two, and run the same command again:\n{commands}",
    )
    return Finding((Check(NAME, "failed", f"not registered: {', '.join(missing)}"),), (failure,))
