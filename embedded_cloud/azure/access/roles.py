"""Built-in roles by their numbers, who has which of them, and what each allows.

https://learn.microsoft.com/azure/role-based-access-control/built-in-roles (read 2026-11-22)
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from embedded_cloud.azure.access.role_conditions import BLOBS, Asked, allows
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.references import everything, is_within, scope_of

if TYPE_CHECKING:
    from embedded_cloud.store import Body, Store

CONTAINERS = BLOBS.removesuffix("/blobs")
DELEGATION = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
# name -> number, actions, data actions
ROLES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "Owner": ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", ("*",), ()),
    "Contributor": ("b24988ac-6180-42a0-ab88-20f7382dd24c", ("*",), ()),
    "Reader": ("acdd72a7-3385-48ef-bd42-f606fba81ae7", ("*/read",), ()),
    "User Access Administrator": (
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        ("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
        (),
    ),
    "Role Based Access Control Administrator": (
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        ("Microsoft.Authorization/roleAssignments/*", "*/read"),
        (),
    ),
    "Storage Blob Data Contributor": (
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        (f"{CONTAINERS}/delete", f"{CONTAINERS}/read", f"{CONTAINERS}/write", DELEGATION),
        tuple(f"{BLOBS}/{each}" for each in ("delete", "read", "write", "move/action", "add/action")),
    ),
    "Storage Blob Data Owner": (
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        (f"{CONTAINERS}/*", DELEGATION),
        (f"{BLOBS}/*",),
    ),
    "Storage Blob Data Reader": (
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        (f"{CONTAINERS}/read", DELEGATION),
        (f"{BLOBS}/read",),
    ),
    "Virtual Machine Contributor": (
        "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
        ("Microsoft.Compute/virtualMachines/*", "Microsoft.Compute/virtualMachineScaleSets/*"),
        (),
    ),
    "Network Contributor": ("4d97b98b-1d4f-4787-a291-c67834d212e7", ("Microsoft.Network/*",), ()),
    "Storage Account Contributor": (
        "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        ("Microsoft.Storage/storageAccounts/*",),
        (),
    ),
    "Managed Identity Operator": (
        "f1a07417-d97a-45cb-824c-7a7467783830",
        ("Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",),
        (),
    ),
}
ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"


def role(definition: str) -> tuple[str, str] | None:
    """Name and number of the role that the id of a definition names; None for an unknown one."""
    number = definition.rpartition("/")[2].lower()
    return next(((name, each[0]) for name, each in ROLES.items() if each[0] == number), None)


def known_principals(store: Store) -> dict[str, str]:
    """The kind of each principal that a managed identity here has."""
    return {read(each, "properties.principalId"): "ServicePrincipal" for each in identities(store)}


def identities(store: Store) -> list[Body]:
    """The managed identities that are resources of their own."""
    return [each for each in everything(store) if each.get("type") == IDENTITY]


def may(store: Store, principal: str, scope: str, asked: Asked) -> bool:
    """Whether the principal has a role that allows what it asks for, at `scope` or at a scope above it."""
    for each in everything(store):
        if each["type"] != ASSIGNMENT or read(each, "properties.principalId") != principal:
            continue
        named = role(str(read(each, "properties.roleDefinitionId")))
        if named is None or not is_within(scope, scope_of(each)) or not _holds(named[0], asked.action):
            continue
        condition = read(each, "properties.condition")
        if not condition or allows(condition, asked):
            return True
    return False


def _holds(name: str, action: str) -> bool:
    """Whether a role holds an action. Actions on blobs are data actions, all others are not."""
    _, actions, data_actions = ROLES[name]
    patterns = data_actions if action.startswith(f"{BLOBS}/") else actions
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
