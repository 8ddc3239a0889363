"""Network interfaces: pools of load balancers are said of them by others, and stay where an interface is changed.

Source: internal/services/network/network_interface_resource.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.mapping import found_at

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values


class Interface(Lifecycle):
    """An interface with its private addresses."""

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        configurations = found_at(answer, "properties.ipConfigurations") or ()
        found = [found_at(each, "properties.privateIPAddress") for each in configurations]
        addresses = [str(each) for each in found if each]
        state["private_ip_addresses"], state["private_ip_address"] = addresses, next(iter(addresses), "")
        return state
