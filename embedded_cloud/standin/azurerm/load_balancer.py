"""Inbound NAT rules, which lie in the body of a load balancer and are written with it.

Source: internal/services/loadbalancer/lb_nat_rule_resource.go.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from embedded_cloud.standin.azurerm import ids, wording
from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.mapping import found_at, put

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values


class NatRule(Lifecycle):
    """An element of a list in the load balancer: the whole balancer is read, changed and written."""

    path = "properties.inboundNatRules"

    def create(self, planned: Values) -> Values:
        names = self.names(planned)
        identifier = ids.made(self.row.id, names)
        made = {**self.known(names), "id": identifier}
        with ids.locked(self.locks(names)):
            self._put("create", identifier, names, made, None)
        return self.reread(made)

    def change(self, identifier: str, names: Values, existing: Values, changed: tuple[str, ...], prior: Values) -> None:
        self._put("update", identifier, names, prior, prior)

    def answer(self, identifier: str, state: Values | None) -> Values | None:
        balancer = super().answer(ids.parent(identifier), state)
        return None if balancer is None else _named(found_at(balancer, self.path), identifier)

    def remove(self, identifier: str, state: Values) -> None:
        balancer = super().answer(ids.parent(identifier), state)
        if balancer is None or _named(found_at(balancer, self.path), identifier) is None:
            return
        self.write("delete", "PUT", identifier, self._with(balancer, identifier, None), state, state)

    def address(self, identifier: str) -> str:
        return ids.parent(identifier)

    def _put(self, doing: str, identifier: str, names: Values, made: Values, left: Values | None) -> None:
        balancer = super().answer(ids.parent(identifier), left)
        if balancer is None:
            raise Failed(self.says(doing, identifier, f"{names['loadbalancer_id']} was not found"), left)
        there = _named(found_at(balancer, self.path), identifier)
        if doing == "create" and there is not None and not self.account.features.skips_import_check:
            raise Failed(wording.exists(self.kind, identifier), None)
        self._check_frontend(balancer, names, doing, left)
        rule = {"name": names["name"], **self.body(names)}
        self.write(doing, "PUT", identifier, self._with(balancer, identifier, rule), made, left)

    def _check_frontend(self, balancer: Values, names: Values, doing: str, left: Values | None) -> None:
        wanted = names["frontend_ip_configuration_name"]
        if _named(found_at(balancer, "properties.frontendIPConfigurations"), wanted) is None:
            cause = f"[ERROR] Cannot find FrontEnd IP Configuration with the name {wanted}"
            raise Failed(f"expanding NAT Rule: {cause}", left)

    def _with(self, balancer: Values, identifier: str, rule: Values | None) -> Values:
        name = identifier.rpartition("/")[2].lower()
        others = [each for each in found_at(balancer, self.path) or () if str(each.get("name")).lower() != name]
        changed = copy.deepcopy(balancer)
        put(changed, self.path, [*others, rule] if rule else others)
        return changed


def _named(every: Any, identifier: str) -> Values | None:
    name = identifier.rpartition("/")[2].lower()
    found = [each for each in every or () if str(each.get("name")).lower() == name]
    return dict(found[0]) if found else None
