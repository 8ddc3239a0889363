"""Whether the scale set that there is can become what the settings ask for, and where its state lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.machines import ScaleSet
    from cluster_provision.errors import ProvisionError
    from cluster_provision.settings import AzureSettings
    from cluster_provision.state.base import StateFacts

NAME = "scale set"
BALANCER = "azurerm_lb"
IDENTITY = "azurerm_user_assigned_identity"
KINDS = ("azurerm_linux_virtual_machine_scale_set", "azurerm_orchestrated_virtual_machine_scale_set")


def look_at_scale_set(
    settings: AzureSettings,
    found: ScaleSet | None,
    facts: StateFacts,
    state_account: str,
    unlisted: ProvisionError | None = None,
) -> Finding:
    """A scale set keeps its mode for life, and one that this cluster's state doesn't know may be anybody's.

    `state_account` is the resource id of the account that the machines report to, empty where it can't be seen;
    `unlisted` is the refusal of that look.
    """
    problems = []
    if settings.node_identity is None and unlisted is not None:
        told = f"the machines need a role on the state's account, and it could not be looked up: {unlisted.message}"
        return Finding((Check(NAME, "unknown", told),), (unlisted,))
    if settings.node_identity is None and not state_account:
        problems.append(
            f"TERRAFORM_BLOB_PATH: subscription {settings.subscription_id} has no storage account of that name, or you "
            "can't see it; the machines need a role on it. Name one of this subscription, or leave it out, or name an "
            "identity that has the role: NODE_IDENTITY"
        )
    if found is not None and found.mode != settings.orch_mode:
        problems.append(
            f"ORCH_MODE={settings.orch_mode}: scale set {settings.vmss_name} is {found.mode} now, and keeps its mode; "
            f"run Destroy with ORCH_MODE={found.mode} first, or choose another NAME_PREFIX"
        )
    if facts.kinds & set(KINDS):
        problems += _kept_for_life(settings, facts)
    if problems:
        return Finding((Check(NAME, "failed", problems[0]),), tuple(SettingsError((each,)) for each in problems))
    if found is None:
        return Finding((Check(NAME, "ok", f"{settings.vmss_name} is made"),))
    known = "" if facts.kinds & set(KINDS) else ", which the state doesn't know yet"
    return Finding((Check(NAME, "ok", f"{settings.vmss_name} has {found.capacity} machines{known}"),))


def _kept_for_life(settings: AzureSettings, facts: StateFacts) -> list[str]:
    """What a scale set could change, but not its machines: they keep the pools and the identities that they were made
    with until they are upgraded, which might make them anew.

    https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-upgrade-policy
    """
    problems = []
    access = "head" if BALANCER in facts.kinds else "private"
    if access != settings.access:
        problems.append(
            f"ACCESS={settings.access}: the machines were made with ACCESS={access}, and keep it; "
            f"run Destroy with ACCESS={access} first, or choose another NAME_PREFIX"
        )
    made = IDENTITY in facts.kinds
    if made != (settings.node_identity is None):
        problems.append(
            f"NODE_IDENTITY={settings.node_identity or ''}: the machines were made with "
            f"{'an identity of their own' if made else 'another one'}, and keep it; run Destroy "
            f"{'without NODE_IDENTITY' if made else 'with it'} first, or choose another NAME_PREFIX"
        )
    return problems
