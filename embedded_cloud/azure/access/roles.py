"""Built-in roles by their numbers, custom ones as they were defined; who has which of them, and what each allows.

https://learn.microsoft.com/azure/role-based-access-control/built-in-roles (read 2026-11-22)
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedded_cloud.azure.access.role_conditions import BLOBS, Asked, allows
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.references import everything, is_within, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.store import Body, Store

CONTAINERS = BLOBS.removesuffix("/blobs")
DELEGATION = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
METRICS = "Microsoft.Insights/Metrics/Write"
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
    "Monitoring Metrics Publisher": (
        "3913510d-42f4-4e42-8a64-420c390055eb",
        ("Microsoft.Insights/Register/Action", "Microsoft.Support/*"),
        (METRICS,),
    ),
    "Monitoring Data Reader": (
        "b0d8363b-8ddd-447d-831f-62ca05bff136",
        (),
        ("Microsoft.Monitor/accounts/data/metrics/read",),
    ),
    "Grafana Admin": (
        "22926164-76b3-42b3-bc55-97df8dab3e41",
        (),
        ("Microsoft.Dashboard/grafana/ActAsGrafanaAdmin/action",),
    ),
}
ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
DEFINITION = "Microsoft.Authorization/roleDefinitions"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"


@dataclass(frozen=True)
class Role:
    """A role: its number in ids, and the patterns of what it allows. `body` is a custom one as it was defined."""

    name: str
    number: str
    actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    body: Body | None = None


def role(store: Store, definition: str) -> Role | None:
    """The role that the id of a definition names, whichever scope it begins with; None for an unknown one."""
    number = definition.rpartition("/")[2].lower()
    return next((each for each in all_roles(store) if each.number.lower() == number), None)


def all_roles(store: Store) -> Iterator[Role]:
    """Built-in roles, then custom ones."""
    for name, (number, actions, data_actions) in ROLES.items():
        yield Role(name, number, actions, data_actions)
    for body in everything(store):
        if body["type"] == DEFINITION:
            given = read(body, "properties.permissions") or ()
            actions, data_actions = (
                tuple(action for each in given for action in each.get(kind) or ())
                for kind in ("actions", "dataActions")
            )
            yield Role(str(read(body, "properties.roleName")), body["name"], actions, data_actions, body)


def may_act(store: Store, principal: str, scope: str, action: str) -> bool:
    """Whether the principal has a role, at `scope` or above it, that allows this call of Resource Manager's."""
    return any(
        read(each, "properties.principalId") == principal
        and is_within(scope, scope_of(each))
        and (held := role(store, str(read(each, "properties.roleDefinitionId")))) is not None
        and _holds(held, action)
        for each in everything(store)
        if each["type"] == ASSIGNMENT
    )


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
        held = role(store, str(read(each, "properties.roleDefinitionId")))
        if held is None or not is_within(scope, scope_of(each)) or not _holds(held, asked.action):
            continue
        condition = read(each, "properties.condition")
        if not condition or allows(condition, asked):
            return True
    return False


def _holds(held: Role, action: str) -> bool:
    """Whether a role holds an action. Actions on blobs and metrics are data actions, no other is."""
    patterns = held.data_actions if action.startswith((f"{BLOBS}/", METRICS)) else held.actions
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
