"""Resource Manager's calls about roles: definitions, assignments, and the caller's permissions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.access.roles import ASSIGNMENT, ROLES, role
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.references import everything, is_within, scope_of
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call

FILTER = re.compile(r"\s*roleName eq '([^']*)'\s*")
BY_PRINCIPAL = re.compile(r"(?:principalId eq |assignedTo\()'([^']*)'")


def get(call: Call) -> Answer:
    found = role(call.id.path)
    if found is None:
        raise ArmError(
            404,
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{call.id.name}' does not exist.",
        )
    return Answer.json(_shown(call, found[0]))


def listing(call: Call) -> Answer:
    """All of them, or with `$filter=roleName eq 'x'` that one."""
    asked = FILTER.fullmatch(call.request.one("$filter"))
    names = [name for name in ROLES if asked is None or name.lower() == asked[1].lower()]
    return Answer.json({"value": [_shown(call, name) for name in names]})


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
    """What the caller's roles give at the scope: what conditions.json says, or everything, less what that denies.

    https://learn.microsoft.com/rest/api/authorization/permissions (read 2026-11-25)
    """
    conditions = call.context.conditions
    given = ["*"] if conditions.role is None else sorted(conditions.role)
    whole = {"actions": given, "notActions": sorted(conditions.denied), "dataActions": [], "notDataActions": []}
    return Answer.json({"value": [whole]})


def _shown(call: Call, name: str) -> dict[str, Any]:
    number, actions, data_actions = ROLES[name]
    no_actions = (
        ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"] if name == "Contributor" else []
    )
    return {
        "id": f"/subscriptions/{call.id.subscription}/providers/Microsoft.Authorization/roleDefinitions/{number}",
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": number,
        "properties": {
            "roleName": name,
            "type": "BuiltInRole",
            "description": name,
            "assignableScopes": ["/"],
            "permissions": [
                {
                    "actions": list(actions),
                    "notActions": no_actions,
                    "dataActions": list(data_actions),
                    "notDataActions": [],
                }
            ],
        },
    }
