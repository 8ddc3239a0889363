"""How a machine behind a load balancer is reached: its address, and the port of the NAT rule that leads there."""

from __future__ import annotations

from typing import Any

from cluster_provision.clouds.azure_api import AzureApi

NETWORK = "2025-01-01"


class AzurePorts(AzureApi):
    """Looks at public addresses and NAT rules."""

    def public_address(self, group: str, name: str) -> str:
        """The address of the resource of that name, empty where there is none."""
        found = self.find(f"{self._networks(group)}/publicIPAddresses/{name}", NETWORK, f"looking up address {name}")
        return str(((found or {}).get("properties") or {}).get("ipAddress") or "")

    def port(self, group: str, balancer: str, pool: str, configuration: str) -> int:
        """The port at which a machine is reached that has this IP configuration; 0 where no rule leads there.

        https://learn.microsoft.com/rest/api/load-balancer/load-balancers/list-inbound-nat-rule-port-mappings (read
        2026-11-25). Raises NotFound where there is no such load balancer.
        """
        path = f"{self._networks(group)}/loadBalancers/{balancer}/backendAddressPools/{pool}"
        body = {"ipConfiguration": {"id": configuration}}
        doing = f"asking load balancer {balancer} for a port"
        told = self.outcome(f"{path}/queryInboundNatRulePortMapping", NETWORK, doing, body)
        found: list[dict[str, Any]] = told.get("inboundNatRulePortMappings") or []
        return int(found[0]["frontendPort"]) if found else 0

    def _networks(self, group: str) -> str:
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{group}/providers/Microsoft.Network"
