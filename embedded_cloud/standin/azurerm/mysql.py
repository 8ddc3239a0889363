"""Servers of Azure Database for MySQL, whose size holds a tier, and their parameters, which are there from the start.

Source: internal/services/mysql/mysql_flexible_server_resource.go, mysql_flexible_server_configuration_resource.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from embedded_cloud.standin.azurerm import ids
from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.mapping import found_at, put

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values

_TIERS: Final = {"B": "Burstable", "GP": "GeneralPurpose", "MO": "MemoryOptimized"}


class Server(Lifecycle):
    """A server: GP_Standard_D2ads_v5 is a tier and a size."""

    def body(self, names: Values) -> Values:
        body = super().body(names)
        tier, _, size = str(names["sku_name"]).partition("_")
        put(body, "sku", {"name": size, "tier": _TIERS[tier]})
        return body

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        tier = next(short for short, tier in _TIERS.items() if tier == found_at(answer, "sku.tier"))
        return {**state, "sku_name": f"{tier}_{found_at(answer, 'sku.name')}"}


class Configuration(Lifecycle):
    """A parameter is changed in the place of being made, and goes back to its default in that of being deleted."""

    def create(self, planned: Values) -> Values:
        names = self.names(planned)
        identifier = ids.made(self.row.id, names)
        made = {**self.known(names), "id": identifier}
        with ids.locked(self.locks(names)):
            self.write("create", "PATCH", identifier, self.body(names), made, None)
        return self.reread(made)

    def remove(self, identifier: str, state: Values) -> None:
        found = self.answer(identifier, state)
        if found is not None:
            body = {"properties": {"value": found_at(found, "properties.defaultValue")}}
            self.write("delete", "PATCH", identifier, body, state, state)
