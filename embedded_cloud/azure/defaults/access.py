"""Role assignments and locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.access.role_conditions import VERSION, invalid_condition, parsed
from embedded_cloud.azure.access.roles import known_principals, role
from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.failure import ArmError, invalid
from embedded_cloud.azure.references import everything, scope_of
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

LEVELS = ("CanNotDelete", "ReadOnly")


def role_assignment(call: Call, old: Body | None, body: Body) -> Body:
    definition, principal = read(body, "properties.roleDefinitionId"), read(body, "properties.principalId")
    if role(call.store, definition) is None:
        raise ArmError(
            404, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{definition}' does not exist."
        )
    if (condition := read(body, "properties.condition")) is not None:
        if read(body, "properties.conditionVersion") not in (None, VERSION):
            raise invalid_condition()
        parsed(condition)
        body = with_value(body, "properties.conditionVersion", VERSION)
    scope = scope_of(body)
    for other in everything(call.store):
        if other.get("type") != body["type"] or other["id"].lower() == body["id"].lower():
            continue
        given = other["properties"]
        alike = given["principalId"] == principal and given["roleDefinitionId"].lower() == definition.lower()
        if alike and scope_of(other).lower() == scope.lower():
            raise ArmError(
                409,
                "RoleAssignmentExists",
                f"The role assignment already exists. The ID of the existing role assignment is {other['name']}.",
            )
    kinds = known_principals(call.store)
    body = with_value(
        body,
        "properties.principalType",
        kinds.get(principal) or read(body, "properties.principalType") or "ServicePrincipal",
    )
    body = with_value(body, "properties.scope", scope)
    for name in ("createdOn", "updatedOn"):
        body = with_value(body, f"properties.{name}", zulu())
    return body


def lock(call: Call, old: Body | None, body: Body) -> Body:
    level = read(body, "properties.level")
    if level not in LEVELS:
        raise invalid(f"The lock level '{level}' is invalid. The supported values are '{', '.join(LEVELS)}'.")
    return body


DEFAULTS = {"Microsoft.Authorization/roleAssignments": role_assignment, "Microsoft.Authorization/locks": lock}
