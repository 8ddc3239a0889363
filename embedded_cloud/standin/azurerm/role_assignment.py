"""Role assignments. Source: internal/services/authorization/role_assignment_resource.go.

The provider reads a new one five more times, because Entra ID becomes consistent late. The embedded cloud is at once.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from embedded_cloud.standin.azurerm import ids
from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.wire import Unknown

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values

_DEFINITIONS: Final = "2022-05-01-preview"
_AGAIN_SECONDS: Final = 1.0


class RoleAssignment(Lifecycle):
    """Its name is a UUID, made up where none is given; a role may be given by name."""

    def create(self, planned: Values) -> Values:
        names = self.names(planned)
        if isinstance(names.get("name"), Unknown) or not names.get("name"):
            names["name"] = str(uuid.uuid4())
        names["role_definition_id"] = self._role(names)
        identifier = ids.made(self.row.id, names)
        made = {**self.known(names), "id": identifier}
        self.check_absent(identifier)
        until = time.monotonic() + self.minutes(names, "create") * 60
        while True:
            try:
                self.api.call("PUT", identifier, self.row.version, self.body(names))
            except ApiError as refused:
                # A new identity is not known everywhere at once.
                waits = refused.status == 400 and "PrincipalNotFound" in str(refused) and time.monotonic() < until
                if not waits or self.api.stopped.wait(_AGAIN_SECONDS):
                    raise Failed(str(refused), None) from None
            else:
                return self.reread(made)

    def body(self, names: Values) -> Values:
        body = super().body(names)
        if names.get("condition") and "conditionVersion" not in body["properties"]:
            body["properties"]["conditionVersion"] = "2.0"
        if names.get("skip_service_principal_aad_check") is True:
            body["properties"].setdefault("principalType", "ServicePrincipal")
        return body

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        role = state["role_definition_id"]
        try:
            found = self.api.call("GET", role, _DEFINITIONS).body
        except ApiError as refused:
            raise Failed(f'retrieving Role Definition "{role}": {refused}', known) from None
        state["role_definition_name"] = (found.get("properties") or {}).get("roleName", "")
        return state

    def _role(self, names: Values) -> str:
        name = names.get("role_definition_name")
        if not isinstance(name, str) or not name:
            return str(names["role_definition_id"])
        where = f"{names['scope']}/providers/Microsoft.Authorization/roleDefinitions"
        try:
            chosen = quote(f"roleName eq '{name}'")
            found = self.api.call("GET", f"{where}?$filter={chosen}", _DEFINITIONS).body.get("value") or []
        except ApiError as refused:
            raise Failed(f"listing role definitions: {refused}", None) from None
        if len(found) != 1:
            raise Failed(f"listing role definitions: could not find role `{name}`", None)
        return str(found[0]["id"])
