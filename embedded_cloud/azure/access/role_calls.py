"""Resource Manager's calls about roles: definitions, assignments, and the caller's permissions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import tokens
from embedded_cloud.azure.access.roles import ASSIGNMENT, DEFINITION, Role, all_roles, role
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.references import everything, is_within, scope_of
from embedded_cloud.azure.storage.blob import account_of, is_open
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call

FILTER = re.compile(r"\s*roleName eq '([^']*)'\s*")
OF_ACCOUNT = re.compile(r"/storageAccounts/([^/]+)", re.IGNORECASE)
BY_PRINCIPAL = re.compile(r"(?:principalId eq |assignedTo\()'([^']*)'")


def get(call: Call) -> Answer:
    found = role(call.store, call.id.path)
    if found is None:
        raise ArmError(
            404,
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{call.id.name}' does not exist.",
        )
    return Answer.json(shown(call, found))


def listing(call: Call) -> Answer:
    """All of them, or with `$filter=roleName eq 'x'` that one."""
    asked = FILTER.fullmatch(call.request.one("$filter"))
    found = [each for each in all_roles(call.store) if asked is None or each.name.lower() == asked[1].lower()]
    return Answer.json({"value": [shown(call, each) for each in found]})


def assignments(call: Call) -> Answer:
    """The assignments at a scope and below it, or at it and above it with atScope(). A filter names a principal."""
    scope, asked = call.id.scope, call.request.one("$filter")
    found = [each for each in everything(call.store) if each["type"] == ASSIGNMENT]
    if "atScope()" in asked:
        found = [each for each in found if is_within(scope, scope_of(each))]
    else:
        found = [each for each in found if is_within(scope_of(each), scope) or is_within(scope, scope_of(each))]
    named = BY_PRINCIPAL.search(asked)
    if named is not None:
        found = [each for each in found if read(each, "properties.principalId").lower() == named[1].lower()]
    return Answer.json({"value": found})


def permissions(call: Call) -> Answer:
    """What the caller's roles give at the scope: what conditions.json says, or everything, less what that denies; and
    for each role that he was given there or above, what that has. Conditions of roles aren't shown.

    https://learn.microsoft.com/rest/api/authorization/permissions (read 2026-11-25)
    """
    conditions = call.context.conditions
    given = ["*"] if conditions.role is None else sorted(conditions.role)
    whole = {"actions": given, "notActions": sorted(conditions.denied), "dataActions": [], "notDataActions": []}
    principal = str((tokens.bearer(call.request) or {}).get("oid", ""))
    return Answer.json({"value": [whole, *map(_permissions, _given(call, principal))]})


def _given(call: Call, principal: str) -> list[Role]:
    """The roles that the principal has at the scope or above it; on an account that the env file names, which was there
    before, one for its blobs."""
    scope = call.id.scope
    held = {
        named.name
        for each in everything(call.store)
        if each["type"] == ASSIGNMENT
        and read(each, "properties.principalId") == principal
        and is_within(scope, scope_of(each))
        and (named := role(call.store, str(read(each, "properties.roleDefinitionId")))) is not None
    }
    account = OF_ACCOUNT.search(scope)
    found = account_of(call.store, account[1]) if account else None
    held |= {"Storage Blob Data Owner"} if found and is_open(call.store, found, principal) else set()
    return sorted((each for each in all_roles(call.store) if each.name in held), key=lambda each: each.name)


def _permissions(held: Role) -> dict[str, Any]:
    without = (
        ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"] if held.name == "Contributor" else []
    )
    return {
        "actions": list(held.actions),
        "notActions": without,
        "dataActions": list(held.data_actions),
        "notDataActions": [],
    }


def shown(call: Call, held: Role) -> dict[str, Any]:
    """The role's definition as Azure shows it: its id begins with the subscription, whichever scope it was made in."""
    built_in = {
        "roleName": held.name,
        "type": "BuiltInRole",
        "description": held.name,
        "assignableScopes": ["/"],
        "permissions": [_permissions(held)],
    }
    return {
        "id": f"/subscriptions/{call.id.subscription}/providers/{DEFINITION}/{held.number}",
        "type": DEFINITION,
        "name": held.number,
        "properties": held.body["properties"] if held.body else built_in,
    }
