"""How the azurerm provider and backend word their failures.

Texts: go-azure-sdk's resource manager client ("unexpected status 409 (409 Conflict) with error: <Code>: <Message>"; for
long operations, the code as Status, then Message), internal/clients/builder.go of azurerm 5.2.0, and reports:
https://github.com/hashicorp/terraform-provider-azurerm/issues/4784, 12679, 15413, 16155, 17478, 20867, 21187, 27526;
https://github.com/hashicorp/terraform/issues/24289 (read 2026-11-22). clouds/azure/problems.py sorts Azure's reasons
for making no machine, in Terraform's words and in a scale set's own.
"""

from __future__ import annotations

import re
import shlex

from cluster_provision.clouds.azure import problems as azure_problems
from cluster_provision.clouds.problems import kind
from cluster_provision.errors import (
    CredentialsError,
    NotReady,
    PermissionDenied,
    StateStoreError,
    Unreachable,
)
from cluster_provision.result import Leftover
from cluster_provision.terraform.failures import Dialect

LOCKED = re.compile(r"following scope\(s\) are locked: '(?P<scopes>/[^\"]*?)'\. Please remove")
USER = re.compile(r"is in use by (?P<user>/subscriptions/[^\s,]+)")
CONTAINED = re.compile(r"\* `(/subscriptions/[^`]+)`")
NAMED = re.compile(r'"(?P<id>/subscriptions/[^"|]+)[^"]*" already exists')
# A part of a resource (an IP configuration, a subnet) is deleted with the resource.
RESOURCE = re.compile(r"(?P<id>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/[^/]+/[^/]+/[^/]+)", re.IGNORECASE)


def _users(text: str) -> list[Leftover]:
    """Return locks, users of a subnet or the like, and what somebody has put into the resource group."""
    found = [_lock(scope) for each in LOCKED.finditer(text) for scope in each["scopes"].split("', '")]
    found += [_resource(each["user"]) for each in USER.finditer(text)]
    if "still contains Resources" in text:
        found += [_resource(each[1]) for each in CONTAINED.finditer(text)]
    return found


def _lock(scope: str) -> Leftover:
    """Return the lock; an owner of the scope, or a user access administrator, may delete it."""
    named = f"az lock list --resource-group {shlex.quote(scope.split('/')[4])}" if "/resourceGroups/" in scope else ""
    listed = named or "az lock list"
    command = f'{listed} --output table; az lock delete --ids "$({listed} --query "[].id" --output tsv)"'
    return Leftover("lock on", scope, command=command)


def _resource(path: str) -> Leftover:
    whole = RESOURCE.match(path)
    path = whole["id"] if whole else path
    return Leftover(
        path.split("/")[-2], path.rpartition("/")[2], command=f"az resource delete --ids {shlex.quote(path)}"
    )


def _named(text: str) -> Leftover | None:
    found = NAMED.search(text)
    return _resource(found["id"]) if found else None


KINDS = (
    kind(
        r"AADSTS|could not acquire access token|ExpiredAuthenticationToken|InvalidAuthenticationToken"
        r"|unexpected status 401|building account:|failed to request token from metadata",
        CredentialsError,
        "docs/azure-authentication.md says which credentials work, and how to give them.",
    ),
    kind(
        r"MissingSubscriptionRegistration",
        PermissionDenied,
        "The subscription has not registered that namespace: az provider register --namespace <namespace>.",
    ),
    kind(
        r"Failed to get existing workspaces|Failed to (?:save|load|read) state|Error (?:saving|loading) state"
        r"|Failed to persist state|KeyBasedAuthenticationNotPermitted|AuthorizationPermissionMismatch"
        r"|containers\.Client",
        StateStoreError,
        "The state's container can't be used: see TERRAFORM_BLOB_PATH in docs/parameters.md.",
    ),
    *azure_problems.KINDS,
    kind(
        r"OSProvisioningTimedOut|VMExtensionProvisioningTimeout",
        NotReady,
        "A machine did not start in time. IMAGE must be one with cloud-init or the Azure agent. Run the same command "
        "again: it continues from here.",
    ),
    kind(
        r"unexpected status (?:429|5\d\d)",
        Unreachable,
        "Azure is busy or down: run the same command again later.",
    ),
    kind(
        r"unexpected status 403",
        PermissionDenied,
        "Ask for the permission that the message names; docs/azure-permissions.md lists all that you need.",
    ),
)

AZURE = Dialect(KINDS, _users, _named, "az lock list; or look at the resource in the portal")
