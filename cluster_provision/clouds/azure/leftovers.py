"""Finds a cluster's remains in a subscription: by the cluster's tag, and untagged ones by what they name.

https://learn.microsoft.com/rest/api/resources/resources/list (read 2026-11-25): a filter by tag excludes other filters,
and `$expand=createdTime` adds the time when each was made.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.azure.api import AzureApi
from cluster_provision.clouds.base import NotFound
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.result import Leftover

if TYPE_CHECKING:
    from collections.abc import Iterable

# The API versions that azurerm 5.2.0 uses.
RESOURCES = "2023-07-01"
AUTHORIZATION = "2022-04-01"
LOCKS = "2020-05-01"

# In the order in which they can be deleted: their types, what people call them, and the API version that deletes them,
# as azurerm 5.2.0 does. A resource of any other type goes first.
KINDS = {
    "microsoft.compute/virtualmachinescalesets": ("scale set", "2025-04-01"),
    "microsoft.compute/virtualmachines": ("virtual machine", "2024-03-01"),
    "microsoft.network/networkinterfaces": ("network interface", "2023-09-01"),
    "microsoft.compute/disks": ("disk", "2023-04-02"),
    "microsoft.network/privateendpoints": ("private endpoint", "2025-01-01"),
    "microsoft.dbformysql/flexibleservers": ("database server", "2023-12-30"),
    "microsoft.keyvault/vaults": ("vault", "2026-02-01"),
    "microsoft.alertsmanagement/prometheusrulegroups": ("group of rules", "2023-03-01"),
    "microsoft.dashboard/grafana": ("Grafana", "2025-08-01"),
    "microsoft.monitor/accounts": ("workspace", "2023-04-03"),
    "microsoft.network/privatednszones/virtualnetworklinks": ("link of a private zone", "2024-06-01"),
    "microsoft.network/privatednszones": ("private zone", "2024-06-01"),
    "microsoft.netapp/netappaccounts/capacitypools/volumes": ("volume", "2026-01-01"),
    "microsoft.netapp/netappaccounts/capacitypools": ("capacity pool", "2026-01-01"),
    "microsoft.netapp/netappaccounts": ("NetApp account", "2026-01-01"),
    "microsoft.network/loadbalancers": ("load balancer", "2025-01-01"),
    "microsoft.network/bastionhosts": ("Bastion", "2025-01-01"),
    "microsoft.network/virtualnetworks": ("virtual network", "2025-01-01"),
    "microsoft.network/natgateways": ("NAT gateway", "2025-01-01"),
    "microsoft.network/publicipaddresses": ("public address", "2025-01-01"),
    "microsoft.network/networksecuritygroups": ("network security group", "2025-01-01"),
    "microsoft.managedidentity/userassignedidentities": ("managed identity", "2024-11-30"),
}
GROUP = "resource group"
ASSIGNMENT = "role assignment"
ROLE = "role"
DEFINITIONS = "2022-05-01-preview"
"""The API version for role definitions that azurerm 5.2.0 uses."""


@dataclass(frozen=True)
class Tagged:
    """A resource with the cluster's tag: its id, its type in lower case, and the time it was made, or None."""

    id: str
    type: str
    location: str
    made: datetime | None = None

    @property
    def name(self) -> str:
        return self.id.rpartition("/")[2]

    @property
    def group(self) -> str:
        return self.id.split("/")[4]


class AzureLeftovers(AzureApi):
    """Searches the whole subscription, so that it also finds remains of an earlier LOCATION or RESOURCE_GROUP."""

    def tagged(self, label: str) -> list[Tagged]:
        """Return the resources with the cluster's tag, in the order in which they can be deleted."""
        query = {"$filter": f"tagName eq '{CLUSTER_LABEL}' and tagValue eq '{label}'", "$expand": "createdTime"}
        path = f"/subscriptions/{self.subscription_id}/resources"
        found = (_tagged(each) for each in self.pages(path, RESOURCES, "looking for remains of the cluster", query))
        # A scale set stands for its machines and their parts, and deletes them with itself.
        rank = {kind: number for number, kind in enumerate(KINDS)}
        return sorted(found, key=lambda each: (rank.get(each.type, -1), each.id))

    def tagged_groups(self, label: str) -> list[Leftover]:
        """Return the resource groups with the cluster's tag."""
        query = {"$filter": f"tagName eq '{CLUSTER_LABEL}' and tagValue eq '{label}'"}
        path = f"/subscriptions/{self.subscription_id}/resourcegroups"
        found = self.pages(path, RESOURCES, "looking for remaining resource groups", query)
        return [_group(each) for each in found]

    def remove_tagged(self, found: Tagged) -> None:
        """Delete a resource of a type that this tool makes, and wait until it is gone."""
        _, version = KINDS[found.type]
        self.remove(found.id, version, f"deleting {_called(found)} {found.name}")

    def assignments(self, container: str, deployment: str) -> list[str]:
        """Return the ids of the roles on a container that belong to machines of the cluster.

        The condition of such a role names the cluster's folder. Empty where the container, or such a role, doesn't
        exist.
        """
        path = f"{container}/providers/Microsoft.Authorization/roleAssignments"
        query = {"$filter": "atScope()"}
        try:
            found = list(self.pages(path, AUTHORIZATION, "looking for remaining roles", query))
        except NotFound:
            return []
        return [str(each["id"]) for each in found if _of_deployment(each, container, deployment)]

    def roles(self, name: str) -> list[str]:
        """Return the ids of the custom roles of this name: there is one at most."""
        path = f"/subscriptions/{self.subscription_id}/providers/Microsoft.Authorization/roleDefinitions"
        query = {"$filter": f"roleName eq '{name}'"}
        found = self.pages(path, DEFINITIONS, "looking for a remaining role", query)
        return [str(each["id"]) for each in found if (each.get("properties") or {}).get("type") == "CustomRole"]

    def remove_role(self, path: str) -> None:
        """Delete a custom role."""
        self.remove(path, DEFINITIONS, "deleting a remaining role")

    def locks_on(self, scope: str) -> list[Leftover]:
        """Return the locks on a scope itself: Azure's list has those on all that is below it, too.

        https://learn.microsoft.com/rest/api/resources/management-locks/list-by-scope (read 2026-12-01)
        """
        own = f"{scope}/providers/Microsoft.Authorization/locks"
        found = self.pages(own, LOCKS, f"looking for the locks on {scope}")
        return [_held(each, scope) for each in found if _is_below(str(each["id"]), own)]

    def remove_assignment(self, path: str) -> None:
        """Delete a role assignment."""
        self.remove(path, AUTHORIZATION, "deleting a remaining role assignment")


def leftovers_of(found: Iterable[Tagged]) -> list[Leftover]:
    """Return the resources as the user sees them."""
    return [
        Leftover(_called(each), each.name, each.location, f"az resource delete --ids {shlex.quote(each.id)}")
        for each in found
    ]


def role(name: str, subscription: str) -> Leftover:
    """Return a custom role as the user sees it."""
    command = f"az role definition delete --name {shlex.quote(name)} --subscription {subscription}"
    return Leftover(ROLE, name, command=command)


def assignment(path: str) -> Leftover:
    """Return a role assignment as the user sees it."""
    command = f"az role assignment delete --ids {shlex.quote(path)}"
    return Leftover(ASSIGNMENT, path.rpartition("/")[2], command=command)


def _held(told: dict[str, Any], scope: str) -> Leftover:
    """A lock as the user sees it; whoever made it may have written why."""
    properties = told.get("properties") or {}
    why = " ".join(str(properties.get("notes") or "").split())
    level = str(properties.get("level") or "")
    note = ", ".join(part for part in (level, why) if part)
    named, path = f"{told['name']} on {scope}", str(told["id"])
    return Leftover("lock", named, command=f"az lock delete --ids {shlex.quote(path)}", note=note)


def _is_below(path: str, folder: str) -> bool:
    return path.lower().rpartition("/")[0] == folder.lower()


def _group(told: dict[str, Any]) -> Leftover:
    name, state = str(told["name"]), str((told.get("properties") or {}).get("provisioningState", ""))
    note = "being deleted" if state.lower() == "deleting" else ""
    command = f"az group delete --name {shlex.quote(name)} --subscription {str(told['id']).split('/')[2]}"
    return Leftover(GROUP, name, str(told.get("location", "")), command, note)


def _tagged(told: dict[str, Any]) -> Tagged:
    made = str(told.get("createdTime") or "")
    at = datetime.fromisoformat(made) if made else None
    return Tagged(str(told["id"]), str(told["type"]).lower(), str(told.get("location", "")), at)


def _called(found: Tagged) -> str:
    return KINDS[found.type][0] if found.type in KINDS else found.type


def _of_deployment(told: dict[str, Any], container: str, deployment: str) -> bool:
    properties = told.get("properties") or {}
    here = str(properties.get("scope", "")).lower() == container.lower()
    return here and f"'{deployment}/" in str(properties.get("condition") or "")
