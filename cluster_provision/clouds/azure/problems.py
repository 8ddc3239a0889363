"""What Azure says when it makes no machine, sorted by its codes and texts.

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
    """The kind of "<code>: <message>"."""
    return first_fitting(problem, KINDS)


MORE_QUOTA = (
    "Ask for more quota (https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas), make the "
    "cluster smaller, or take another LOCATION."
)
TERMS = (
    "The image is sold with terms that this subscription has not accepted: set ACCEPT_TERMS=yes to accept them, or "
    "accept them yourself: az vm image terms accept --urn <IMAGE>."
)

# The first that fits counts.
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
        "Try again later, or take another LOCATION, SKU, ZONES or PROVISIONING_MODEL.",
    ),
    kind(
        r"ResourcePurchaseValidationFailed|MarketplacePurchaseEligibilityFailed|Legal terms have not been accepted",
        SettingsError,
        TERMS,
    ),
    kind(
        r"VMMarketplaceInvalidInput",
        SettingsError,
        "IMAGE is sold with a plan, which has to be named: name it by its URN (publisher:offer:sku:version), not by a "
        "copy's resource id.",
    ),
    kind(
        r"PlatformImageNotFound|GalleryImageNotFound",
        SettingsError,
        "There is no such IMAGE in LOCATION: az vm image list --all --publisher <publisher> shows which there are.",
    ),
    kind(
        r"cannot boot Hypervisor Generation|does not support .*(?:architecture|security type|TrustedLaunch)",
        SettingsError,
        "IMAGE and SKU don't go together: take an image of the generation and architecture that the size boots, or "
        "another SECURITY_TYPE.",
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
        "A scale set can't be changed so: run Destroy, then Create.",
    ),
    kind(
        r"RequestDisallowedByPolicy",
        PermissionDenied,
        "A policy of your organisation forbids this: the message names it. Ask whoever keeps it, or change the setting "
        "(TAGS, SKU, LOCATION, ACCESS) that it is about.",
    ),
    kind(
        r"LinkedAuthorizationFailed|AuthorizationFailed|does not have authorization to perform action",
        PermissionDenied,
        "Ask for the action that the message names; docs/azure-permissions.md lists all that are needed. Azure takes "
        "minutes to make a new role known.",
    ),
    kind(
        r"ResourceGroupBeingDeleted",
        NotReady,
        "The resource group is being deleted: run the same command again once it is gone.",
    ),
    kind(
        r"TooManyRequests|OperationNotAllowed: The server rejected the request because too many requests",
        Unreachable,
        "Too many calls in a short time: run the same command again in some minutes.",
    ),
)
