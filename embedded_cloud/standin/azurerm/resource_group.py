"""Resource groups: not deleted while something is in them.

Source: internal/services/resource/resource_group_resource.go.

The provider waits ten minutes for what it saw to go; the embedded cloud tells the truth at once.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.https import ApiError

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values

_HOLDS: Final = """deleting Resource Group {name}: the Resource Group still contains Resources.

Terraform is configured to check for Resources within the Resource Group when deleting the Resource Group - and
raise an error if nested Resources still exist to avoid unintentionally deleting these Resources.

Terraform has detected that the following Resources still exist within the Resource Group:

{listed}

This feature is intended to avoid the unintentional destruction of nested Resources provisioned through some
other means (for example, an ARM Template Deployment) - as such you must either remove these Resources, or
disable this behaviour using the feature flag `prevent_deletion_if_contains_resources` within the `features`
block when configuring the Provider.
"""


class ResourceGroup(Lifecycle):
    """Its name is the group's."""

    def remove(self, identifier: str, state: Values) -> None:
        if self.account.features.keeps_groups_with_resources:
            try:
                found = self.api.call("GET", f"{identifier}/resources", self.row.version).body.get("value") or []
            except ApiError as refused:
                if refused.status == 404:
                    return
                raise Failed(f"listing resources in {identifier}: {refused}", state) from None
            if found:
                listed = "\n".join(sorted(f"* `{each['id']}`" for each in found))
                raise Failed(_HOLDS.format(name=json.dumps(state["name"]), listed=listed), state)
        try:
            answer = self.api.call("DELETE", identifier, self.row.version, minutes=self.minutes(state, "delete"))
        except ApiError as refused:
            if refused.status == 404:
                return
            raise Failed(self.says("delete", identifier, refused), state) from None
        self.wait("delete", "DELETE", identifier, answer, state, state)
