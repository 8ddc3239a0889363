"""Finds resources that a killed run made but did not write to Terraform's state, so that Terraform can import them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.azure.api import AzureApi
from cluster_provision.clouds.azure.leftovers import AUTHORIZATION, DEFINITIONS
from cluster_provision.clouds.base import NotFound
from cluster_provision.labels import CLUSTER_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

_GROUP = "/subscriptions/{subscription}/resourceGroups/{resource_group_name}"
_NETWORK = f"{_GROUP}/providers/Microsoft.Network"
_NETAPP = f"{_GROUP}/providers/Microsoft.NetApp/netAppAccounts"
_SCALE_SET = f"{_GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/{{name}}"

# The ids for `terraform import`, from the provider's documents (5.2.0), with the API version that returns the tags.
TAGGED = {
    "azurerm_resource_group": ("/subscriptions/{subscription}/resourceGroups/{name}", "2023-07-01"),
    "azurerm_virtual_network": (f"{_NETWORK}/virtualNetworks/{{name}}", "2025-01-01"),
    "azurerm_network_security_group": (f"{_NETWORK}/networkSecurityGroups/{{name}}", "2025-01-01"),
    "azurerm_public_ip": (f"{_NETWORK}/publicIPAddresses/{{name}}", "2025-01-01"),
    "azurerm_nat_gateway": (f"{_NETWORK}/natGateways/{{name}}", "2025-01-01"),
    "azurerm_bastion_host": (f"{_NETWORK}/bastionHosts/{{name}}", "2025-01-01"),
    "azurerm_lb": (f"{_NETWORK}/loadBalancers/{{name}}", "2025-01-01"),
    "azurerm_user_assigned_identity": (
        f"{_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{{name}}",
        "2024-11-30",
    ),
    "azurerm_linux_virtual_machine": (f"{_GROUP}/providers/Microsoft.Compute/virtualMachines/{{name}}", "2024-03-01"),
    "azurerm_managed_disk": (f"{_GROUP}/providers/Microsoft.Compute/disks/{{name}}", "2023-04-02"),
    "azurerm_mysql_flexible_server": (
        f"{_GROUP}/providers/Microsoft.DBforMySQL/flexibleServers/{{name}}",
        "2023-12-30",
    ),
    "azurerm_key_vault": (f"{_GROUP}/providers/Microsoft.KeyVault/vaults/{{name}}", "2026-02-01"),
    "azurerm_monitor_workspace": (f"{_GROUP}/providers/Microsoft.Monitor/accounts/{{name}}", "2023-04-03"),
    "azurerm_dashboard_grafana": (f"{_GROUP}/providers/Microsoft.Dashboard/grafana/{{name}}", "2025-08-01"),
    "azurerm_monitor_alert_prometheus_rule_group": (
        f"{_GROUP}/providers/Microsoft.AlertsManagement/prometheusRuleGroups/{{name}}",
        "2023-03-01",
    ),
    "azurerm_private_endpoint": (f"{_NETWORK}/privateEndpoints/{{name}}", "2025-01-01"),
    "azurerm_private_dns_zone": (f"{_NETWORK}/privateDnsZones/{{name}}", "2024-06-01"),
    "azurerm_private_dns_zone_virtual_network_link": (
        "{private_dns_zone_id}/virtualNetworkLinks/{name}",
        "2024-06-01",
    ),
    "azurerm_netapp_account": (f"{_NETAPP}/{{name}}", "2026-01-01"),
    "azurerm_netapp_pool": (f"{_NETAPP}/{{account_name}}/capacityPools/{{name}}", "2026-01-01"),
    "azurerm_netapp_volume": (
        f"{_NETAPP}/{{account_name}}/capacityPools/{{pool_name}}/volumes/{{name}}",
        "2026-01-01",
    ),
    "azurerm_network_interface": (f"{_NETWORK}/networkInterfaces/{{name}}", "2025-01-01"),
    "azurerm_linux_virtual_machine_scale_set": (_SCALE_SET, "2025-04-01"),
    "azurerm_orchestrated_virtual_machine_scale_set": (_SCALE_SET, "2025-04-01"),
}
# A resource without tags is a part of one with tags, and belongs to the cluster if that one does.
PARTS = {
    "azurerm_subnet": f"{_NETWORK}/virtualNetworks/{{virtual_network_name}}/subnets/{{name}}",
    "azurerm_network_security_rule": (
        f"{_NETWORK}/networkSecurityGroups/{{network_security_group_name}}/securityRules/{{name}}"
    ),
    "azurerm_lb_backend_address_pool": "{loadbalancer_id}/backendAddressPools/{name}",
    "azurerm_lb_nat_rule": "{loadbalancer_id}/inboundNatRules/{name}",
    "azurerm_subnet_network_security_group_association": "{subnet_id}",
    "azurerm_subnet_nat_gateway_association": "{subnet_id}",
    "azurerm_network_interface_backend_address_pool_association": (
        "{network_interface_id}/ipConfigurations/{ip_configuration_name}|{backend_address_pool_id}"
    ),
    "azurerm_virtual_machine_data_disk_attachment": "{virtual_machine_id}/dataDisks/{disk}",
    "azurerm_nat_gateway_public_ip_association": "{nat_gateway_id}|{public_ip_address_id}",
}
ROLE = "azurerm_role_assignment"
DEFINITION = "azurerm_role_definition"


class AzureAdoption(AzureApi):
    """Looks up single resources by Terraform's own type and values."""

    def adoptable(self, kind: str, values: Mapping[str, Any], label: str) -> str:
        """Return the id by which Terraform imports the resource of this type with these planned values.

        The id is empty if the resource doesn't exist, lacks the cluster's tag, or can't be shown to be the cluster's.
        """
        names = {"subscription": self.subscription_id, **{n: v for n, v in values.items() if isinstance(v, str)}}
        try:
            if kind == ROLE:
                return self._assignment(names["scope"], names["principal_id"])
            if kind == DEFINITION:
                return self._definition(names["name"], names["scope"])
            if kind in PARTS:
                names["disk"] = names.get("managed_disk_id", "").rpartition("/")[2]
                return PARTS[kind].format_map(names)
            outline, version = TAGGED[kind]
            path = outline.format_map(names)
            found = self.get(path, version, f"looking at {path}")
        except (KeyError, NotFound):
            return ""
        return path if (found.get("tags") or {}).get(CLUSTER_LABEL) == label else ""

    def _definition(self, name: str, scope: str) -> str:
        """Return what imports the custom role of this name, which has the cluster's label in it; empty for none."""
        path = f"{scope}/providers/Microsoft.Authorization/roleDefinitions"
        found = list(self.pages(path, DEFINITIONS, "looking for a role", {"$filter": f"roleName eq '{name}'"}))
        return f"{found[0]['id']}|{scope}" if len(found) == 1 else ""

    def _assignment(self, scope: str, principal: str) -> str:
        """Return the only role that a principal has on exactly this scope; empty for none, or several."""
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
        query = {"$filter": f"principalId eq '{principal}'"}
        found = self.pages(path, AUTHORIZATION, "looking at the machines' role", query)
        here = [
            str(each["id"])
            for each in found
            if str((each.get("properties") or {}).get("scope", "")).lower() == scope.lower()
        ]
        return here[0] if len(here) == 1 else ""
