"""Sorts Azure's reasons for making no machine, by their codes and texts.

Texts: https://github.com/hashicorp/terraform-provider-azurerm/issues/753, 1145, 15413, 19195, 23172, 28797;
https://github.com/Azure/karpenter-provider-azure/issues/91, 192;
https://github.com/Azure-Samples/azuresandbox/issues/70, 196, 654;
https://github.com/Azure/azure-cli/issues/21121, 21834; https://github.com/skypilot-org/skypilot/issues/7977 (read
2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.problems import first_fitting, kind
from cluster_provision.errors import (
    CapacityError,
    NotReady,
    PermissionDenied,
    QuotaError,
    SettingsError,
    Unreachable,
)

if TYPE_CHECKING:
    from cluster_provision.clouds.problems import Kind


def kind_of(problem: str) -> Kind:
    """Return the kind of "<code>: <message>"."""
    return first_fitting(problem, KINDS)


MORE_QUOTA = (
    "Ask for more quota (https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas), make the "
    "cluster smaller, or choose another LOCATION."
)
TERMS = (
    "The subscription has not accepted the terms of this image: set ACCEPT_TERMS=yes to accept them, or "
    "accept them yourself: az vm image terms accept --urn <IMAGE>."
)

# The first that fits wins.
KINDS = (
    kind(
        r"PublicIpCountLimitReached|PublicIPAddresses?CountLimitReached",
        QuotaError,
        f"The subscription has too many public addresses there. {MORE_QUOTA}",
    ),
    kind(r"exceeding approved|QuotaExceeded", QuotaError, MORE_QUOTA),
    kind(
        r"SkuNotAvailable|AllocationFailed|Overconstrained\w*AllocationRequest|Capacity Restrictions",
        CapacityError,
        "Try again later, or choose another LOCATION, SKU, ZONES or PROVISIONING_MODEL.",
    ),
    kind(
        r"ResourcePurchaseValidationFailed|MarketplacePurchaseEligibilityFailed|Legal terms have not been accepted",
        SettingsError,
        TERMS,
    ),
    kind(
        r"VMMarketplaceInvalidInput",
        SettingsError,
        "IMAGE has a marketplace plan, which Azure must be given: name the image by its URN "
        "(publisher:offer:sku:version), not by a copy's resource id.",
    ),
    kind(
        r"PlatformImageNotFound|GalleryImageNotFound",
        SettingsError,
        "LOCATION has no such IMAGE: az vm image list --all --publisher <publisher> lists the images there.",
    ),
    kind(
        r"cannot boot Hypervisor Generation|does not support .*(?:architecture|security type|TrustedLaunch)",
        SettingsError,
        "IMAGE and SKU don't fit each other: choose an image of the generation and architecture that the size boots, "
        "or another SECURITY_TYPE.",
    ),
    kind(
        r"exceeds the total limit of '\d+' Virtual Machine instances",
        SettingsError,
        "A single placement group holds 100 machines: make the cluster smaller, or set ORCH_MODE=flexible, where "
        "InfiniBand reaches no further than Azure places the machines.",
    ),
    kind(
        r"Flexible Orchestration Mode and a fault domain count|PropertyChangeNotAllowed",
        SettingsError,
        "A scale set can't be changed in this way: run Destroy, then Create.",
    ),
    kind(
        r"RequestDisallowedByPolicy",
        PermissionDenied,
        "A policy of your organisation forbids this; the message names it. Ask its owner, or change the setting (TAGS, "
        "SKU, LOCATION, ACCESS) that it is about.",
    ),
    kind(
        r"LinkedAuthorizationFailed|AuthorizationFailed|does not have authorization to perform action",
        PermissionDenied,
        "Ask for the action that the message names; docs/azure-permissions.md lists all that you need. A new role "
        "takes effect after some minutes.",
    ),
    kind(
        r"ResourceGroupBeingDeleted",
        NotReady,
        "Azure is deleting the resource group: run the same command again once it is gone.",
    ),
    kind(
        r"TooManyRequests|OperationNotAllowed: The server rejected the request because too many requests",
        Unreachable,
        "Azure got too many calls in a short time: run the same command again in some minutes.",
    ),
)
