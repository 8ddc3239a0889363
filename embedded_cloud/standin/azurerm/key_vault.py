"""Vaults: one that is deleted and not purged is recovered in the place of being made.

Source: internal/services/keyvault/key_vault_resource.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.mapping import put

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values


class Vault(Lifecycle):
    """A vault."""

    def body(self, names: Values) -> Values:
        body = super().body(names)
        if self._is_deleted(names):
            if not self.account.features.recovers_vaults:
                text = f"an existing soft-deleted Key Vault exists with the Name {names['name']!r}"
                raise Failed(text, None)
            put(body, "properties.createMode", "recover")
        return body

    def remove(self, identifier: str, state: Values) -> None:
        super().remove(identifier, state)
        if self.account.features.purges_vaults:
            try:
                answer = self.api.call("POST", f"{self._deleted(state)}/purge", self.row.version)
                self.api.finish(answer, self.minutes(state, "delete"))
            except ApiError as refused:
                raise Failed(f"purging {identifier}: {refused}", state) from None

    def _is_deleted(self, names: Values) -> bool:
        """Whether there is a deleted one of this name; where that may not be looked at, there is none."""
        try:
            self.get(self._deleted(names))
        except ApiError as refused:
            if refused.status in (403, 404):
                return False
            raise Failed(self.says("create", str(names["name"]), refused), None) from None
        return True

    def _deleted(self, names: Values) -> str:
        place = f"/subscriptions/{self.account.subscription}/providers/Microsoft.KeyVault/locations/{names['location']}"
        return f"{place}/deletedVaults/{names['name']}"
