"""Custom roles: made, changed and deleted.

https://learn.microsoft.com/rest/api/authorization/role-definitions, and of the refusals
https://learn.microsoft.com/azure/role-based-access-control/troubleshooting (read 2026-11-30)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.access.role_calls import shown
from embedded_cloud.azure.access.roles import ASSIGNMENT, DEFINITION, all_roles, role
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.failure import ArmError, invalid
from embedded_cloud.azure.ids import key
from embedded_cloud.azure.references import everything
from embedded_cloud.exchange import Answer
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body


def put(call: Call) -> Answer:
    """Make the role, or put the body in its place. Its name is one space for the whole directory."""
    name, number = str(read(call.body, "properties.roleName") or ""), call.id.name
    if not name:
        raise invalid("The request content was invalid: 'properties.roleName' is required.", "InvalidRequestContent")
    if not read(call.body, "properties.assignableScopes"):
        raise ArmError(
            400, "MissingAssignableScopes", f"The role definition '{number}' must have at least one assignable scope."
        )
    for each in all_roles(call.store):
        if each.name.lower() == name.lower() and each.number.lower() != number.lower():
            raise ArmError(
                409,
                "RoleDefinitionWithSameNameExists",
                f"A custom role with the same name already exists in this directory. Use a different name: '{name}'.",
            )
    old = role(call.store, number)
    made = (read(old.body, "properties.createdOn") if old and old.body else None) or zulu()
    given = {**call.body["properties"], "type": "CustomRole", "createdOn": made, "updatedOn": zulu()}
    body: Body = {"id": _path(call), "name": number, "type": DEFINITION, "properties": given}
    call.store.put(*key(body["id"]), body)
    found = role(call.store, number)
    assert found is not None  # noqa: S101
    return Answer.json(shown(call, found), 201)


def delete(call: Call) -> Answer:
    """Delete the role, unless somebody has it."""
    found = role(call.store, call.id.name)
    if found is None:
        return Answer(204)
    for each in everything(call.store):
        if each["type"] == ASSIGNMENT and str(read(each, "properties.roleDefinitionId")).endswith(found.number):
            raise ArmError(
                400,
                "RoleDefinitionHasAssignments",
                "There are existing role assignments referencing role (code: RoleDefinitionHasAssignments): "
                f"{each['id']}.",
            )
    answer = Answer.json(shown(call, found))
    call.store.delete(*key(_path(call)))
    return answer


def _path(call: Call) -> str:
    return f"/subscriptions/{call.id.subscription}/providers/{DEFINITION}/{call.id.name}"
