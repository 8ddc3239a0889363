"""Looks up how to reach a machine behind a load balancer: the address, the NAT rule's port, the security rule."""

from __future__ import annotations

from typing import Any

from cluster_provision.clouds.azure.api import AzureApi

NETWORK = "2025-01-01"


class AzurePorts(AzureApi):
    """Looks at public addresses, NAT rules and security rules, and can change a security rule's destination."""

    def public_address(self, group: str, name: str) -> str:
        """Return the public address of the resource of that name; empty where there is none."""
        found = self.find(f"{self._networks(group)}/publicIPAddresses/{name}", NETWORK, f"looking up address {name}")
        return str(((found or {}).get("properties") or {}).get("ipAddress") or "")

    def port(self, group: str, balancer: str, pool: str, configuration: str) -> int:
        """Return the port that leads to the machine with this IP configuration; 0 where no rule leads there.

        https://learn.microsoft.com/rest/api/load-balancer/load-balancers/list-inbound-nat-rule-port-mappings (read
        2026-11-25). Raises NotFound where there is no such load balancer.
        """
        path = f"{self._networks(group)}/loadBalancers/{balancer}/backendAddressPools/{pool}"
        body = {"ipConfiguration": {"id": configuration}}
        doing = f"asking load balancer {balancer} for a port"
        told = self.outcome(f"{path}/queryInboundNatRulePortMapping", NETWORK, doing, body)
        found: list[dict[str, Any]] = told.get("inboundNatRulePortMappings") or []
        return int(found[0]["frontendPort"]) if found else 0

    def destination(self, group: str, security_group: str, rule: str) -> str:
        """Return the private address to which a security rule allows traffic; empty where there is no such rule."""
        path, doing = self._rule(group, security_group, rule), f"looking at security rule {rule} of {security_group}"
        found = self.find(path, NETWORK, doing) or {}
        return str((found.get("properties") or {}).get("destinationAddressPrefix") or "")

    def let_in_to(self, group: str, security_group: str, rule: str, address: str) -> None:
        """Make the security rule allow traffic to this private address instead. Raises NotFound without such a rule.

        https://learn.microsoft.com/rest/api/virtualnetwork/security-rules/create-or-update (read 2026-11-29)
        """
        path, doing = self._rule(group, security_group, rule), f"making security rule {rule} allow traffic to {address}"
        told = self.get(path, NETWORK, doing)["properties"]
        self.make(path, NETWORK, doing, {"properties": {**told, "destinationAddressPrefix": address}})

    def _rule(self, group: str, security_group: str, rule: str) -> str:
        return f"{self._networks(group)}/networkSecurityGroups/{security_group}/securityRules/{rule}"

    def _networks(self, group: str) -> str:
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{group}/providers/Microsoft.Network"
