"""What the azurerm provider and backend say, by class, in the words of real reports."""

from __future__ import annotations

import shlex

import pytest

from cluster_provision import errors
from cluster_provision.terraform.dialects.azure import AZURE
from cluster_provision.terraform.failures import Diagnostic, failure

GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/demo-rg"
ASYNC = "polling after CreateOrUpdate: polling failed: the Azure API returned the following error: "
SYNC = "performing CreateOrUpdate: unexpected status {} with error: {}"
CASES = [
    (f'{ASYNC} Status: "AllocationFailed" Code: "" Message: "Allocation failed."', errors.CapacityError),
    (f'{ASYNC} Status: "OverconstrainedZonalAllocationRequest" Message: "Allocation failed."', errors.CapacityError),
    (SYNC.format("409 (409 Conflict)", "SkuNotAvailable: The requested VM size"), errors.CapacityError),
    (
        SYNC.format("409 (409 Conflict)", "OperationNotAllowed: results in exceeding approved standardX Cores quota."),
        errors.QuotaError,
    ),
    (SYNC.format("403 (403 Forbidden)", "AuthorizationFailed: The client 'X' does not have"), errors.PermissionDenied),
    (SYNC.format("403 (403 Forbidden)", "RequestDisallowedByPolicy: Resource 'X'"), errors.PermissionDenied),
    (SYNC.format("400 (400 Bad Request)", "VMMarketplaceInvalidInput: Creating a virtual"), errors.SettingsError),
    (SYNC.format("409 (409 Conflict)", "MissingSubscriptionRegistration: The subscription"), errors.PermissionDenied),
    (SYNC.format("503 (503 Service Unavailable)", "ServerBusy: later"), errors.Unreachable),
    (SYNC.format("401 (401 Unauthorized)", "ExpiredAuthenticationToken: expiry"), errors.CredentialsError),
    ("building account: could not acquire access token to parse claims: AADSTS7000222", errors.CredentialsError),
    ("Error acquiring the state lock: There is already a lease present.", errors.StateLocked),
    ("KeyBasedAuthenticationNotPermitted: Key based authentication is not permitted", errors.StateStoreError),
    (f'{ASYNC} Status: "OSProvisioningTimedOut" Message: "OS Provisioning for VM"', errors.NotReady),
    ("dial tcp: lookup management.azure.com: no such host", errors.Unreachable),
    ("something nobody has seen before", errors.TerraformError),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_each_failure_has_its_class(text: str, expected: type[errors.ProvisionError]) -> None:
    assert type(failure("apply", [Diagnostic("error", "creating x", text)], AZURE)) is expected


def test_a_lock_is_named_with_the_commands_that_find_and_remove_it() -> None:
    text = (
        f"deleting: unexpected status 409 (409 Conflict) with error: ScopeLocked: The scope '{GROUP}/providers/a/b/c' "
        f"cannot perform delete operation because following scope(s) are locked: '{GROUP}'. Please remove the lock and "
        "try again."
    )
    found = failure("destroy", [Diagnostic("error", "deleting", text)], AZURE)
    assert type(found) is errors.InUse
    assert f"lock on {GROUP}" in found.message
    assert "/resourceGroups/demo-rg/providers/Microsoft.Authorization/locks/" in found.advice
    assert "$(" not in found.advice


def test_what_else_is_in_the_group_is_named_and_no_line_deletes_it() -> None:
    theirs = f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/theirs"
    text = f'deleting Resource Group "demo-rg": the Resource Group still contains Resources.\n\n* `{theirs}`\n\nMore.'
    found = failure("destroy", [Diagnostic("error", text)], AZURE)
    assert type(found) is errors.InUse
    assert theirs in found.message
    assert "--resource-group demo-rg --output" in found.advice
    assert "az resource delete --ids <id>" in found.advice


def test_what_keeps_a_subnet_is_named_as_a_whole() -> None:
    card = f"{GROUP}/providers/Microsoft.Network/networkInterfaces/nic"
    text = f"InUseSubnetCannotBeDeleted: Subnet s is in use by {card}/ipConfigurations/ip and cannot be deleted."
    found = failure("destroy", [Diagnostic("error", text)], AZURE)
    assert f"az resource delete --ids {card}\n" in found.advice + "\n"


def test_a_name_that_is_taken_is_told_with_the_addresses_to_import() -> None:
    text = (
        f'A resource with the ID "{GROUP}/providers/Microsoft.Network/virtualNetworks/v" already exists - to be '
        "managed via Terraform this resource needs to be imported into the State."
    )
    found = failure("apply", [Diagnostic("error", text, address="azurerm_virtual_network.this")], AZURE)
    assert isinstance(found, errors.AlreadyThere)
    assert found.addresses == ("azurerm_virtual_network.this",)
    assert "virtualNetworks/v" in found.advice


@pytest.mark.parametrize(
    "text",
    [
        SYNC.format("403 (403 Forbidden)", "AuthorizationFailed: The client 'X' does not have authorization"),
        SYNC.format("403 (403 Forbidden)", "SomethingElse: no"),
    ],
)
def test_a_refusal_leads_to_the_page_of_azures_permissions(text: str) -> None:
    assert "docs/azure-permissions.md" in failure("apply", [Diagnostic("error", "creating x", text)], AZURE).advice


def test_a_role_assignment_that_is_there_is_no_matter_of_names() -> None:
    scope = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/terraform"
    text = (
        f'creating Scoped Role Assignment (Scope: "{scope}" Role Assignment Name: "n"): unexpected status 409 (409 '
        "Conflict) with error: RoleAssignmentExists: The role assignment already exists. The ID of the conflicting "
        "role assignment is 0f14a80d42e54d57afe046acf9dfae05."
    )
    found = failure("apply", [Diagnostic("error", text, address="module.identity.azurerm_role_assignment.x")], AZURE)
    assert isinstance(found, errors.AlreadyThere)
    assert found.addresses == ("module.identity.azurerm_role_assignment.x",)
    assert "NAME_PREFIX" not in found.advice
    assert f"az role assignment list --scope {scope} " in found.advice
    assert "roleAssignments/0f14a80d42e54d57afe046acf9dfae05" in found.advice


SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    "scope",
    [
        SUBSCRIPTION,
        f"{SUBSCRIPTION}/resourceGroups/demo-rg",
        f"{SUBSCRIPTION}/resourceGroups/demo-rg/providers/Microsoft.Compute/virtualMachineScaleSets/demo",
    ],
)
def test_the_commands_for_a_lock_list_its_own_scope_and_delete_one_by_its_name(scope: str) -> None:
    text = (
        "ScopeLocked: The scope 'x' cannot perform delete operation because following scope(s) are locked: "
        f"'{scope}'. Please remove the lock and try again."
    )
    (lock,) = AZURE.users(text)
    listed, deleted = map(shlex.split, lock.command.splitlines())
    assert listed[:5] == ["az", "lock", "list", "--subscription", SUBSCRIPTION.rpartition("/")[2]]
    assert f"starts_with(id, '{scope}/providers/Microsoft.Authorization/locks/')" in listed[6]
    assert deleted == ["az", "lock", "delete", "--ids", f"{scope}/providers/Microsoft.Authorization/locks/<name>"]
