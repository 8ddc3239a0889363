"""What Azure refuses whoever asks and however often: no role of the caller's heals it, and no waiting.

Texts of real reports: https://github.com/Azure/azure-dev/issues/4412 and microsoft/vscode-azureappservice#1067
(subscription); microsoft/vscode-apimanagement#464, Azure/static-web-apps#1709, 1743 (locations that aren't open);
Azure/azure-sdk-for-cpp#3959 (storage accounts); hashicorp/terraform-provider-azurerm#13234, 3961 (locks). Read
2026-11-30.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.problems import kind
from cluster_provision.errors import PermissionDenied, PlaceClosed

if TYPE_CHECKING:
    from cluster_provision.clouds.problems import Kind


def refusal_of(problem: str) -> Kind | None:
    """The kind of a refusal that no role heals, None for any other problem."""
    return next((each for each in CAUSES if each.pattern.search(problem)), None)


# The first that fits counts.
CAUSES = (
    kind(
        r"(?:ReadOnly)?DisabledSubscription|SubscriptionDisabled|SubscriptionNotActive|AccountIsDisabled"
        r"|subscription\b.{0,80}\b(?:is|was|has been) (?:disabled|suspended|cancell?ed|deactivated|past due)"
        r"|subscription\b.{0,80}\bis not (?:active|enabled)",
        PermissionDenied,
        "The subscription is disabled, which no role heals: its owner or billing administrator has to enable it again "
        "(https://portal.azure.com, Subscriptions), by paying what is open or by lifting its spending limit. Until "
        "then nothing can be made or deleted in it; or set SUBSCRIPTION_ID to another one.",
        final=True,
    ),
    kind(
        r"RequestDisallowedByAzure|disallowed by Azure\b|RegionDoesNotAllowProvisioning|ProvisioningDisabled"
        r"|provisioning is restricted in this region|LocationNotAvailable\b|LocationNotAllowed"
        r"|(?:region|location)\b.{0,80}\b(?:is|are) (?:restricted|not (?:open|enabled|allowed|accepting))"
        r"|not accepting (?:the )?creation of new",
        PlaceClosed,
        "Azure has not opened this location to the subscription, which no role heals: take another LOCATION, or ask "
        "for this one in a support request (https://aka.ms/azureregionaccess).",
        final=True,
    ),
    kind(
        r"RequestDisallowedByPolicy|PolicyViolation|disallowed by policy|denied by policy",
        PermissionDenied,
        "A policy of your organisation forbids this: the message names it. Ask whoever keeps it, or change the setting "
        "(TAGS, SKU, LOCATION, ACCESS) that it is about.",
        final=True,
    ),
    kind(
        r"DenyAssignment|deny assignment",
        PermissionDenied,
        "A deny assignment forbids this, which no role heals: whoever made it (a blueprint, a deployment stack, a "
        "managed application) can lift it.",
        final=True,
    ),
    kind(
        r"MissingSubscriptionRegistration|SubscriptionNotRegistered|not registered to use namespace",
        PermissionDenied,
        "The subscription doesn't use that namespace yet. Register it, which takes a minute or two:\n"
        "  az provider register --namespace <namespace> --wait --subscription <SUBSCRIPTION_ID>",
        names=(r"use namespace '(?P<namespace>[\w.]+)'",),
    ),
)
