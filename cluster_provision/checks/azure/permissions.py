"""Checks that the caller may do what the cluster needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.azure.actions import uses_of
from cluster_provision.checks.base import Finding
from cluster_provision.errors import PermissionDenied
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.checks.azure.subject import AzureSubject

NAME = "permissions"


def permissions(subject: AzureSubject) -> Finding:
    """Look at the caller's roles on the resource group, or on the subscription while the group doesn't exist.

    Azure doesn't show deny assignments or conditions of roles here, so "ok" says only that the roles allow it.
    """
    asked = {action for use in uses_of(subject) for action in use.actions}
    missing = list(_missing(subject))
    if not missing:
        return Finding((Check(NAME, "ok", f"your roles allow all {len(asked)} actions that the cluster needs"),))
    s = subject.settings
    role = "Owner, or Contributor with Role Based Access Control Administrator, has them all"
    failure = PermissionDenied(
        f"you lack permissions in subscription {s.subscription_id}:\n"
        + "\n".join(f"  {action} ({use}) on {scope}" for action, use, scope in missing),
        f"{role}; docs/azure-permissions.md has a role with only what is needed. "
        "SKIP_CHECKS=permissions skips this check."
        + ("" if all(use != "the identity's role" for _, use, _ in missing) else _without_role_assignments()),
    )
    names = ", ".join(action for action, _, _ in missing)
    return Finding((Check(NAME, "failed", f"missing: {names}"),), (failure,))


def _without_role_assignments() -> str:
    return (
        "\nIf you may not assign roles, name an identity that an administrator has prepared: NODE_IDENTITY="
        "/subscriptions/…/userAssignedIdentities/<name>."
    )


def _missing(subject: AzureSubject) -> Iterator[tuple[str, str, str]]:
    """Yield each missing action, what it is for, and the scope where it is missing."""
    s = subject.settings
    for use in uses_of(subject):
        in_group = subject.group_exists and not use.subscription
        grants = subject.catalogue.grants(s.resource_group if in_group else None)
        scope = f"resource group {s.resource_group}" if in_group else "the subscription"
        for action in use.actions:
            if not any(grant.holds(action) for grant in grants):
                yield action, use.name, scope
