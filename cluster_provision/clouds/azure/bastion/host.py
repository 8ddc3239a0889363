"""A cluster's Bastion, as Resource Manager describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady, Refused, UnexpectedError

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.api import AzureApi

VERSION = "2025-01-01"
"""The API version that azurerm 5.2.0 uses."""

# It is given the caller's access token: another host must never get that.
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.bastion\.azure\.com")


@dataclass(frozen=True)
class BastionHost:
    """A Bastion: the `host` that its tunnels begin at, and Azure's word for its state (`Succeeded`, `Updating`)."""

    name: str
    host: str
    state: str
    tunnels: bool

    def require(self) -> BastionHost:
        """Return it where tunnels lead through it. Raises NotReady, Refused and UnexpectedError."""
        if self.state.lower() not in ("succeeded", "updating"):
            raise NotReady(f"Bastion {self.name} is {self.state or 'in no known state'}", "Run Create again: it mends.")
        if not self.tunnels:
            raise Refused(
                f"Bastion {self.name} takes no native clients: its tunnels are switched off",
                "Run Create again: it switches them on (enableTunneling, tier Standard).",
            )
        if not HOST.fullmatch(self.host.lower()):
            raise UnexpectedError(f"Bastion {self.name} is at {self.host or 'no host'}, not below bastion.azure.com")
        return self


def find_bastion(cloud: AzureApi, group: str, name: str) -> BastionHost:
    """Look the Bastion up. Raises NotReady where there is none."""
    path = f"/subscriptions/{cloud.subscription_id}/resourceGroups/{group}/providers/Microsoft.Network/bastionHosts"
    found = cloud.find(f"{path}/{name}", VERSION, f"looking up Bastion {name}")
    if found is None:
        raise NotReady(f"there is no Bastion {name} in resource group {group}", "Run Create: it makes it.")
    told = found.get("properties") or {}
    return BastionHost(
        name=name,
        host=str(told.get("dnsName") or ""),
        state=str(told.get("provisioningState") or ""),
        tunnels=bool(told.get("enableTunneling")),
    )
