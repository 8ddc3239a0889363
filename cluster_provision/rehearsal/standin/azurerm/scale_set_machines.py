"""The data source of a scale set: its machines, with their addresses.

A Uniform set's machines tell of their interfaces below the set; of a Flexible set's each machine is asked.
Source: internal/services/compute/virtual_machine_scale_set_data_source.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..mapping import found_at
from . import ids
from .api import ApiError
from .data_source import DataSource, NotRead

if TYPE_CHECKING:
    from ..mapping import Values

_MACHINES: Final = "2024-03-01"
_NETWORK: Final = "2025-01-01"
_POWER: Final = "powerstate/"


class ScaleSetMachines(DataSource):
    """Adds `instances`."""

    def more(self, identifier: str, answer: Values) -> Values:
        uniform = found_at(answer, "properties.orchestrationMode") == "Uniform"
        what = ids.described(self.row.noun, identifier)
        try:
            expanded = "?$expand=instanceView" if uniform else ""
            listed = self._all(f"{identifier}/virtualMachines{expanded}", self.row.version)
        except ApiError as refused:
            raise NotRead(f'listing VM Instances for "{what}": {refused}') from None
        return {"instances": [self._machine(identifier, each, uniform=uniform) for each in listed]}

    def _machine(self, scale_set: str, listed: Values, *, uniform: bool) -> Values:
        number = listed["instanceId"]
        try:
            if uniform:
                seen, nics = listed, self._all(f"{scale_set}/virtualMachines/{number}/networkInterfaces", _NETWORK)
            else:
                group = scale_set.partition("/providers/")[0]
                path = f"{group}/providers/Microsoft.Compute/virtualMachines/{number}?$expand=instanceView"
                seen = self.api.call("GET", path, _MACHINES).body
                owned = found_at(seen, "properties.networkProfile.networkInterfaces") or []
                nics = [self.api.call("GET", each["id"], _NETWORK).body for each in owned]
            private, public = self._addresses(nics)
        except ApiError as refused:
            what = ids.described(self.row.noun, scale_set)
            raise NotRead(f'retrieving VM Instance "{number}" for "{what}": {refused}') from None
        statuses = found_at(seen, "properties.instanceView.statuses") or []
        codes = [str(each.get("code", "")) for each in statuses]
        power = [code.partition("/")[2] for code in codes if code.lower().startswith(_POWER)]
        return {
            "name": listed["name"],
            "instance_id": number,
            "computer_name": found_at(seen, "properties.osProfile.computerName") or "",
            "latest_model_applied": bool(uniform and found_at(listed, "properties.latestModelApplied")),
            "virtual_machine_id": found_at(seen, "properties.vmId") or "",
            "power_state": power[-1] if power else "",
            "zone": next(iter(listed.get("zones") or ()), ""),
            "private_ip_address": next(iter(private), ""),
            "private_ip_addresses": private,
            "public_ip_address": next(iter(public), ""),
            "public_ip_addresses": public,
        }

    def _addresses(self, nics: list[Any]) -> tuple[list[str], list[str]]:
        private, public = [], []
        for nic in nics:
            for each in found_at(nic, "properties.ipConfigurations") or ():
                if address := found_at(each, "properties.privateIPAddress"):
                    private.append(str(address))
                if there := found_at(each, "properties.publicIPAddress.id"):
                    told = self.api.call("GET", there, _NETWORK).body
                    public.append(str(found_at(told, "properties.ipAddress") or ""))
        return private, public

    def _all(self, path: str, version: str) -> list[Any]:
        """Every page of a list."""
        page = self.api.call("GET", path, version).body
        found = list(page.get("value") or ())
        while following := page.get("nextLink"):
            page = self.api.call("GET", following, version).body
            found += page.get("value") or ()
        return found
