"""Custom roles, whose id in Terraform is Azure's id of it and the scope.

Source: internal/services/authorization/role_definition_resource.go. The real provider also waits until a change has
reached all of Azure. The embedded cloud becomes consistent at once.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from embedded_cloud.standin.azurerm import ids
from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.mapping import found_at, put
from embedded_cloud.standin.table import last
from embedded_cloud.standin.wire import Unknown

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values


class RoleDefinition(Lifecycle):
    """Its number is made up where none is given; it can be given in its scope where no other is named."""

    def names(self, values: Values) -> Values:
        names = super().names(values)
        if isinstance(names.get("role_definition_id"), Unknown) or not names.get("role_definition_id"):
            names["role_definition_id"] = str(uuid.uuid4())
        return names

    def body(self, names: Values) -> Values:
        body = super().body(names)
        put(body, "properties.roleName", names["name"])
        if not found_at(body, "properties.assignableScopes"):
            put(body, "properties.assignableScopes", [names["scope"]])
        return body

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        return {**state, "name": found_at(answer, "properties.roleName"), "role_definition_resource_id": answer["id"]}

    def get(self, identifier: str) -> Values:
        return super().get(self.address(identifier))

    def address(self, identifier: str) -> str:
        own, _, scope = identifier.partition(ids.JOINED)
        return f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{last(own)}"
