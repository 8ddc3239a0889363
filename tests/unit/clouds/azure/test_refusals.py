"""What Azure refuses for good: by class, with advice that fits its cause, in the words of real reports."""

from __future__ import annotations

import json
from typing import Any

import pytest
from azure.core import exceptions as azure
from requests import Response

from cluster_provision import errors
from cluster_provision.clouds.azure.api import refusal
from cluster_provision.clouds.azure.failures import azure_failures_named, credentials_error
from cluster_provision.clouds.azure.problems import kind_of
from cluster_provision.terraform.dialects.azure import AZURE
from cluster_provision.terraform.failures import Diagnostic, failure

ALL = [
    (
        "ReadOnlyDisabledSubscription: The subscription '0' is disabled and therefore marked as read only. You cannot "
        "perform any write actions",
        errors.PermissionDenied,
        "enable it again",
    ),
    ("SubscriptionNotActive: Subscription 0 is not active", errors.PermissionDenied, "enable it again"),
    (
        "RequestDisallowedByAzure: Resource 'a' was disallowed by Azure: This policy maintains a set of best available "
        "regions where your subscription can deploy resources.",
        errors.PlaceClosed,
        "another LOCATION",
    ),
    (
        "RegionDoesNotAllowProvisioning: Location 'x' is not accepting creation of new servers",
        errors.PlaceClosed,
        "another LOCATION",
    ),
    ("RequestDisallowedByPolicy: Resource 'X' was disallowed by policy.", errors.PermissionDenied, "TAGS"),
    ("DenyAssignmentAuthorizationFailed: x", errors.PermissionDenied, "deny assignment"),
    (
        "MissingSubscriptionRegistration: The subscription is not registered to use namespace 'Microsoft.Network'.",
        errors.PermissionDenied,
        "az provider register --namespace Microsoft.Network --wait --subscription <SUBSCRIPTION_ID>",
    ),
    (
        "MaxStorageAccountsCountPerSubscriptionExceeded: Subscription 0 already contains 250 storage accounts in "
        "location eastus and the maximum allowed is 250.",
        errors.QuotaError,
        "TERRAFORM_BLOB_PATH",
    ),
    (
        "OperationNotAllowed: Operation results in exceeding quota limits of Core. Maximum allowed: 20, Current in "
        "use: 20, Additional requested: 96.",
        errors.QuotaError,
        "more quota",
    ),
    (
        "OperationNotAllowed: This operation couldn't be completed as it results in exceeding quota limit of Core.",
        errors.QuotaError,
        "more quota",
    ),
    ("RoleAssignmentLimitExceeded: The limit of role assignments is reached.", errors.QuotaError, "NODE_IDENTITY"),
    ("PrincipalNotFound: Principal 0 does not exist in the directory 1.", errors.NotReady, "some minutes"),
    (
        "ResourcePurchaseValidationFailed: User failed validation to purchase resources. Error message: 'Offer with "
        "PublisherId: 'a', OfferId: 'b' cannot be purchased due to validation errors. The 'unknown' payment "
        "instrument(s) is not supported for offer'",
        errors.SettingsError,
        "can't buy",
    ),
    (
        "ResourcePurchaseValidationFailed: User failed validation. Error message: 'Offer with PublisherId: 'a' and "
        "OfferId: 'b' was removed from the marketplace for new purchase.'",
        errors.SettingsError,
        "no such IMAGE",
    ),
    (
        "ResourcePurchaseValidationFailed: User failed validation. Error message: 'Offer with PublisherId: a and "
        "OfferId: b not found.'",
        errors.SettingsError,
        "no such IMAGE",
    ),
    (
        "ResourcePurchaseValidationFailed: You have not accepted the legal terms on this subscription",
        errors.SettingsError,
        "ACCEPT_TERMS=yes",
    ),
    (
        "ImageVersionDeprecated: VM Image from publisher: x with - Offer: y, Sku: z, Version: 1 is deprecated.",
        errors.SettingsError,
        "no such IMAGE",
    ),
    (
        "BadRequest: Use of TrustedLaunch setting is not supported for the provided image. Please select Trusted "
        "Launch Supported Gen2 OS Image.",
        errors.SettingsError,
        "SECURITY_TYPE",
    ),
    (
        "BadRequest: The VM size 'x' is not supported for creation of VMs and Virtual Machine Scale Set with "
        "'TrustedLaunch' security type.",
        errors.SettingsError,
        "SECURITY_TYPE",
    ),
    (
        "BadRequest: The selected image only supports virtual machines with 'TrustedLaunch' security type",
        errors.SettingsError,
        "SECURITY_TYPE",
    ),
    (
        "SubnetIsFull: Subnet s with address prefix 10.0.0.0/28 does not have enough capacity for 12 IP addresses.",
        errors.SettingsError,
        "smaller",
    ),
    (
        "LocationNotAvailableForResourceType: The provided location 'x' is not available for resource type 'y'. List "
        "of available regions for the resource type is 'a,b'",
        errors.SettingsError,
        "LOCATION",
    ),
    ("AvailabilityZoneNotSupported: The zone(s) '2' for resource 'x' is not supported.", errors.SettingsError, "ZONES"),
    (
        "OSProvisioningInternalError: OS Provisioning failed for VM 'x' due to an internal error.",
        errors.NotReady,
        "IMAGE",
    ),
    ("OSProvisioningClientError: OS provisioning for VM 'x' failed.", errors.NotReady, "IMAGE"),
    ("VMStartTimedOut: VM 'x' did not start in the allotted time.", errors.NotReady, "IMAGE"),
]


def answer(status: int, text: str) -> Response:
    code, _, message = text.partition(": ")
    told = Response()
    told.status_code = status
    told._content = json.dumps({"error": {"code": code, "message": message}}).encode()
    return told


@pytest.mark.parametrize(("text", "expected", "advice"), ALL, ids=[a[0][:50] for a in ALL])
def test_a_refusal_has_the_class_and_the_advice_of_its_cause_whoever_hears_it(
    text: str, expected: type[errors.ProvisionError], advice: str
) -> None:
    told: list[Any] = [
        kind_of(text).raised_for(text),
        failure("apply", [Diagnostic("error", f"creating x: unexpected status 409 (409 C) with error: {text}")], AZURE),
        refusal(409, "making x", answer(409, text)),
    ]
    if issubclass(expected, errors.PermissionDenied):
        told.append(refusal(403, "making x", answer(403, text)))
        told.append(
            failure("apply", [Diagnostic("error", f"x: unexpected status 403 (403 F) with error: {text}")], AZURE)
        )
    for each in told:
        assert type(each) is expected, each
        assert advice in each.advice
        assert "azure-permissions.md" not in each.advice
        assert advice == "ACCEPT_TERMS=yes" or "ACCEPT_TERMS" not in each.advice


@pytest.mark.parametrize("text", ["SomethingNew: nobody knows", "Conflict: another operation is in progress"])
def test_what_nobody_has_sorted_is_no_defect_of_the_tool(text: str) -> None:
    found = refusal(409, "making x", answer(409, text))
    assert (type(found), found.exit_code) == (errors.Refused, 20)  # type: ignore[attr-defined]
    assert text.partition(": ")[2] in str(found)


def test_a_lock_that_the_tools_own_call_meets_is_in_use() -> None:
    text = "ScopeLocked: The scope '/x' cannot perform write operation because following scope(s) are locked: '/y'."
    found = refusal(409, "making x", answer(409, text))
    assert (type(found), found.exit_code) == (errors.InUse, 20)  # type: ignore[attr-defined]
    assert "'/y'" in str(found)


FIREWALL = "This request is not authorized to perform this operation."


def test_an_accounts_firewall_is_told_as_that() -> None:
    refused = azure.HttpResponseError(f"{FIREWALL}\nRequestId:0\nTime:2026")
    refused.status_code, refused.error_code = 403, "AuthorizationFailure"  # type: ignore[attr-defined]
    with pytest.raises(errors.StateStoreError) as raised, azure_failures_named("reading x", errors.StateStoreError):
        raise refused
    text = f"Failed to get existing workspaces: containers.Client#ListBlobs: unexpected status 403: {FIREWALL}"
    for found in (raised.value, failure("init", [Diagnostic("error", text)], AZURE)):
        assert type(found) is errors.StateStoreError
        assert "network rules" in found.advice
        assert "role heals" in found.advice


def test_a_missing_role_is_still_told_as_one() -> None:
    text = f"{FIREWALL.rstrip('.')} using this permission. AuthorizationPermissionMismatch"
    refused = azure.HttpResponseError(text)
    refused.status_code = 403
    with pytest.raises(errors.StateStoreError) as raised, azure_failures_named("reading x", errors.StateStoreError):
        raise refused
    assert "Storage Blob Data" in raised.value.advice


OTHER_TENANT = (
    "InvalidAuthenticationTokenTenant: The access token is from the wrong issuer "
    "'https://sts.windows.net/f220aaaa-a5d6-4a54-9beb-2db0dcee4f5b/'. It must match the tenant "
    "'https://sts.windows.net/b6cc8f32-0d28-41cd-beb7-3a18c4775049/' associated with this subscription."
)


def test_a_subscription_of_another_directory_says_which_one() -> None:
    for found in (
        credentials_error("looking", OTHER_TENANT),
        refusal(401, "looking", answer(401, OTHER_TENANT)),
        failure("plan", [Diagnostic("error", f"unexpected status 401 with error: {OTHER_TENANT}")], AZURE),
    ):
        assert type(found) is errors.CredentialsError
        assert "ARM_TENANT_ID=b6cc8f32-0d28-41cd-beb7-3a18c4775049" in found.advice


@pytest.mark.parametrize(
    "text",
    [
        "Authentication failed: HTTP Error: 503",
        "Authentication failed: Expecting value: line 1 column 1 (char 0)",
        "Authentication failed: AADSTS90033: A transient error has occurred. Please try again.",
    ],
)
def test_a_disturbance_of_the_tokens_endpoint_says_nothing_of_the_credentials(text: str) -> None:
    with pytest.raises(errors.Unreachable), azure_failures_named("asking"):
        raise azure.ClientAuthenticationError(text)


def test_somebody_elses_page_in_the_place_of_a_blob_is_told_as_that() -> None:
    with pytest.raises(errors.Unreachable), azure_failures_named("reading", errors.StateStoreError):
        raise azure.DecodeError("XML is invalid")


def test_polling_that_took_too_long_is_not_the_networks_fault() -> None:
    text = "creating x: polling after CreateOrUpdate: context deadline exceeded"
    assert type(failure("apply", [Diagnostic("error", text)], AZURE)) is errors.NotReady
    text = "could not connect to registry.terraform.io: context deadline exceeded"
    assert type(failure("init", [Diagnostic("error", text)], AZURE)) is errors.Unreachable


GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/demo-rg/providers"
CARD = f"{GROUP}/Microsoft.Network/networkInterfaces/theirs-nic"
SET = f"{GROUP}/Microsoft.Compute/virtualMachineScaleSets/theirs"


@pytest.mark.parametrize(
    ("text", "users"),
    [
        (
            f"PublicIPAddressCannotBeDeleted: Public IP address {GROUP}/Microsoft.Network/publicIPAddresses/ip can "
            f"not be deleted since it is still allocated to resource {CARD}/ipConfigurations/ip. In order to delete",
            [CARD],
        ),
        (
            f"InUseNetworkSecurityGroupCannotBeDeleted: Network security group {GROUP}/Microsoft.Network/"
            f"networkSecurityGroups/demo-nsg cannot be deleted because it is in use by the following resources: "
            f"{CARD}, {SET}/virtualMachines/0/networkInterfaces/n. In order to delete",
            [CARD, SET],
        ),
        (
            f"InUseSubnetCannotBeDeleted: Subnet s is in use by {CARD}/ipConfigurations/a and {SET}/virtualMachines/1/"
            "networkInterfaces/n/ipConfigurations/b and cannot be deleted.",
            [CARD, SET],
        ),
        (
            f"NatGatewayInUse: NAT gateway {GROUP}/Microsoft.Network/natGateways/demo-nat cannot be deleted. It is "
            f"used by {GROUP}/Microsoft.Network/virtualNetworks/theirs/subnets/s.",
            [f"{GROUP}/Microsoft.Network/virtualNetworks/theirs"],
        ),
        (
            f"InUseNatGatewayCannotBeDeleted: Nat gateway x cannot be deleted because it is associated with the "
            f"following resources: ['{CARD}'].",
            [CARD],
        ),
    ],
)
def test_whoever_uses_what_is_to_go_is_named_in_every_wording(text: str, users: list[str]) -> None:
    found = failure("destroy", [Diagnostic("error", f"deleting: unexpected status 400 with error: {text}")], AZURE)
    assert (type(found), found.exit_code) == (errors.InUse, 20)
    named = [line.strip() for line in found.advice.splitlines() if "az resource delete" in line]
    assert named == [f"az resource delete --ids {user}" for user in users]
