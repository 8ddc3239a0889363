"""Sorts Azure's reasons for making no machine, by their codes and texts.

Texts: https://github.com/hashicorp/terraform-provider-azurerm/issues/753, 1145, 15413, 19195, 23172, 28797;
https://github.com/Azure/karpenter-provider-azure/issues/91, 192;
https://github.com/Azure-Samples/azuresandbox/issues/70, 196, 654;
https://github.com/Azure/azure-cli/issues/21121, 21834; https://github.com/skypilot-org/skypilot/issues/7977 (read
2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.azure.refusals import CAUSES
from cluster_provision.clouds.problems import first_fitting, kind
from cluster_provision.errors import (
    CapacityError,
    InUse,
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
    "accept them yourself:\n  az vm image terms accept --urn <IMAGE> --subscription <SUBSCRIPTION_ID>"
)

# The first that fits wins.
KINDS = (
    kind(
        r"PublicIpCountLimitReached|PublicIPAddresses?CountLimitReached",
        QuotaError,
        f"The subscription has too many public addresses there. {MORE_QUOTA}",
    ),
    kind(
        r"MaxStorageAccountsCount\w*Exceeded|already contains \d+ storage accounts"
        r"|storage accounts? .{0,60}(?:limit|maximum)",
        QuotaError,
        "The subscription has no room for another storage account there: delete one that nobody needs, ask for more "
        "(https://portal.azure.com, Subscriptions, Usage + quotas), or name a container that is there: "
        "TERRAFORM_BLOB_PATH=https://<account>.blob.core.windows.net/<container>/<folder>.",
    ),
    kind(
        r"RoleAssignmentLimitExceeded|role assignments .{0,60}limit",
        QuotaError,
        "The subscription holds as many role assignments as Azure allows: delete those of identities that are gone, or "
        "name an identity that has its role already in NODE_IDENTITY.",
    ),
    kind(
        r"TooManyRequests|OperationNotAllowed: The server rejected the request because too many requests"
        r"|RateLimitExceeded|SubscriptionRequestsThrottled|ResourceCollectionRequestsThrottled",
        Unreachable,
        "Azure got too many calls in a short time: run the same command again in some minutes.",
    ),
    kind(
        r"exceeding approved|exceed(?:s|ing)? (?:the )?(?:approved |maximum )?(?:quota )?limits? of (?:Core|\d)"
        r"|quota limits? of|QuotaExceeded|Quota(?:Limit)?Reached|CountLimitReached|\wLimit(?:Reached|Exceeded)"
        r"|Count\w*LimitExceeded|CountPerSubscriptionExceeded|ResourceCountExceedsLimit",
        QuotaError,
        MORE_QUOTA,
    ),
    kind(
        r"SkuNotAvailable|AllocationFailed|Overconstrained\w*AllocationRequest|Capacity Restrictions",
        CapacityError,
        "Try again later, or choose another LOCATION, SKU, ZONES or PROVISIONING_MODEL.",
    ),
    kind(
        r"removed from the marketplace|Offer with PublisherId.{0,200}not found"
        r"|(?:offer|plan)\b.{0,120}\bno longer (?:sold|available|offered)"
        r"|PlatformImageNotFound|GalleryImageNotFound|ImageVersion(?:Deprecated|NotFound)|ImageDeprecated"
        r"|image\b.{0,200}(?:has been|is|was) (?:deprecated|removed|deleted)|VMImage was not found|ImageNotFound"
        r"|version .{0,60}of the image .{0,120}not (?:found|available)",
        SettingsError,
        "LOCATION has no such IMAGE, or not any more; `latest` as its version is never one that is gone. The images "
        "there:\n"
        "  az vm image list --all --publisher <publisher> --location <LOCATION> --subscription <SUBSCRIPTION_ID> "
        "--output table",
    ),
    kind(
        r"legal terms|accept (?:the )?(?:legal |marketplace )?terms|terms (?:have|has) not been accepted",
        SettingsError,
        TERMS,
    ),
    kind(
        r"ResourcePurchaseValidationFailed|MarketplacePurchase\w+|MarketplaceOffer\w+|payment instrument"
        r"|cannot be purchased|purchas\w+ .{0,80}(?:blocked|disabled|not (?:allowed|supported|authorized))",
        SettingsError,
        "This subscription can't buy what IMAGE is sold as (its payment, its offer type, its country, or a private "
        "marketplace; the message says which): take an IMAGE without a price, such as "
        "microsoft-dsvm:ubuntu-hpc:2204:latest, or a SUBSCRIPTION_ID that may buy it. No terms are missing.",
    ),
    kind(
        r"VMMarketplaceInvalidInput",
        SettingsError,
        "IMAGE has a marketplace plan, which Azure must be given: name the image by its URN "
        "(publisher:offer:sku:version), not by a copy's resource id.",
    ),
    kind(
        r"cannot boot Hypervisor Generation|does not support .*architecture|Trusted ?Launch|Confidential ?VM"
        r"|security ?type|UseStandardSecurityType|UefiSettings",
        SettingsError,
        "IMAGE and SKU don't fit each other, or SECURITY_TYPE: choose an image of the generation and architecture "
        "that the size boots, or another SECURITY_TYPE (standard or trusted-launch), as the message says.",
    ),
    kind(
        r"SubnetIsFull|does not have enough (?:capacity|addresses|free)|InsufficientSubnet\w*"
        r"|SubnetWith\w*InsufficientIP|subnet\b.{0,80}\b(?:is full|not enough (?:free )?(?:IP )?addresses)",
        SettingsError,
        "The subnet has no address left for these machines: make the cluster smaller, or delete what else somebody "
        "has put into the subnet.",
    ),
    kind(
        r"LocationNotAvailableForResourceType|NoRegisteredProviderFound",
        SettingsError,
        "Azure doesn't offer this in LOCATION: take one of those that the message lists.",
    ),
    kind(
        r"AvailabilityZoneNotSupported|does not support availability zones|zone\(?s?\)? .{0,60}not supported",
        SettingsError,
        "LOCATION, or SKU there, has no such zone: change ZONES, or leave it out.",
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
    *CAUSES,
    kind(
        r"LinkedAuthorizationFailed|AuthorizationFailed|does not have authorization to perform action",
        PermissionDenied,
        "Ask for the action that the message names; docs/azure-permissions.md lists all that you need. A new role "
        "takes effect after some minutes.",
    ),
    kind(
        r"PrincipalNotFound",
        NotReady,
        "The directory doesn't know this identity everywhere, though it was given some minutes for that: does it still "
        "exist? Else run the same command again later.",
    ),
    kind(
        r"ScopeLocked|scope\(s\) are locked",
        InUse,
        "A resource lock on the scope that the message names forbids this: an owner of the scope, or whoever put it "
        "there, can remove it (in the portal, or by `az lock delete`; `az lock list --subscription "
        "<SUBSCRIPTION_ID> --output table` lists them). Then run the same command again.",
    ),
    kind(
        r"ResourceGroupBeingDeleted|ContainerBeingDeleted|BeingDeleted\b",
        NotReady,
        "Azure is deleting what this needs: run the same command again once it is gone.",
    ),
    kind(
        r"OSProvisioning\w+|VMExtensionProvisioning\w+|VMExtensionHandler\w+|VMStartTimedOut"
        r"|VMAgentStatusCommunicationError|OS provisioning (?:failed|for)|did not (?:start|finish) in the allotted",
        NotReady,
        "A machine did not start in time. IMAGE must be one with cloud-init or the Azure agent. Run the same command "
        "again: it continues from here.",
    ),
)
