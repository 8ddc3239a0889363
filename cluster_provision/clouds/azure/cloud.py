"""Azure for a cluster of virtual machines: subscription, groups, storage accounts, machines."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.azure.adoption import AzureAdoption
from cluster_provision.clouds.azure.catalogue import AGREEMENTS
from cluster_provision.clouds.azure.credentials import object_id
from cluster_provision.clouds.azure.leftovers import AUTHORIZATION, RESOURCES, AzureLeftovers
from cluster_provision.clouds.azure.machines import AzureMachines
from cluster_provision.clouds.azure.ports import AzurePorts
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import PermissionDenied, Refused, SettingsError

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.catalogue import MarketplacePlan
    from cluster_provision.clouds.azure.credentials import Credentials

STORAGE = "2025-08-01"
"""The API version that azurerm 5.2.0 uses."""

DATA_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
"""The role Storage Blob Data Owner. A Contributor may not delete former versions of a blob.

https://learn.microsoft.com/azure/storage/blobs/versioning-overview#authorize-operations-on-blob-versions
"""

SOFT_DELETE_DAYS = 7


class Azure(AzureMachines, AzureLeftovers, AzureAdoption, AzurePorts):
    """Calls Resource Manager with the caller's credentials, and makes the storage for the state."""

    def __init__(self, credentials: Credentials, subscription: str) -> None:
        super().__init__(credentials, subscription)
        self._base = f"/subscriptions/{subscription}"

    def subscription(self) -> str:
        """Return the subscription's name. It is the first call, so it also proves that Azure can be reached."""
        try:
            found = self.get(self._base, "2022-12-01", f"looking up subscription {self.subscription_id}")
        except NotFound:
            raise SettingsError(
                (f"SUBSCRIPTION_ID={self.subscription_id}: there is no such subscription, or you can't see it",)
            ) from None
        return str(found.get("displayName", ""))

    # resource groups

    def group(self, name: str) -> dict[str, Any] | None:
        """Return the resource group, or None where there is none."""
        return self.find(self.group_id(name), RESOURCES, f"looking up resource group {name}")

    def make_group(self, name: str, location: str, tags: dict[str, str]) -> None:
        """Make an empty resource group."""
        body = {"location": location, "tags": tags}
        self.make(self.group_id(name), RESOURCES, f"creating resource group {name}", body)

    def group_is_empty(self, name: str) -> bool:
        """Whether the group holds nothing, from whomever; a missing group is empty."""
        path = f"{self.group_id(name)}/resources"
        try:
            return next(self.pages(path, RESOURCES, f"listing resource group {name}", {"$top": "1"}), None) is None
        except NotFound:
            return True

    def remove_group(self, name: str) -> None:
        """Delete the group with all that is in it, and wait until it is gone."""
        self.remove(self.group_id(name), RESOURCES, f"deleting resource group {name}")

    def group_id(self, name: str) -> str:
        return f"{self._base}/resourceGroups/{name}"

    # storage accounts

    def account(self, group: str, name: str) -> dict[str, Any] | None:
        """Return the group's account of that name, or None where there is none."""
        return self.find(self.account_id(group, name), STORAGE, f"looking up storage account {name}")

    def account_name_is_free(self, name: str) -> bool:
        """Whether no customer of Azure has an account of this name: all share one namespace."""
        path = f"{self._base}/providers/Microsoft.Storage/checkNameAvailability"
        body = {"name": name, "type": "Microsoft.Storage/storageAccounts"}
        told = self.call("POST", path, STORAGE, f"checking whether the name {name} is free", body)
        return bool(told.get("nameAvailable"))

    def make_account(self, group: str, name: str, location: str, tags: dict[str, str], *, keys: bool) -> None:
        """Make an account with TLS 1.2, without public blobs, and with access keys only for `keys`."""
        body = {
            "location": location,
            "tags": tags,
            "kind": "StorageV2",
            "sku": {"name": "Standard_LRS"},
            "properties": {
                "minimumTlsVersion": "TLS1_2",
                "allowBlobPublicAccess": False,
                "allowSharedKeyAccess": keys,
                "supportsHttpsTrafficOnly": True,
                "accessTier": "Hot",
            },
        }
        self.make(self.account_id(group, name), STORAGE, f"creating storage account {name}", body)

    def keep_versions(self, group: str, name: str) -> None:
        """Make the account keep former versions of blobs, and deleted blobs for SOFT_DELETE_DAYS."""
        kept = {"enabled": True, "days": SOFT_DELETE_DAYS}
        settings = {
            "isVersioningEnabled": True,
            "deleteRetentionPolicy": kept,
            "containerDeleteRetentionPolicy": kept,
        }
        doing = f"making storage account {name} keep versions"
        path = f"{self.account_id(group, name)}/blobServices/default"
        self.call("PUT", path, STORAGE, doing, {"properties": settings})

    def group_of_account(self, name: str) -> str:
        """Return the resource group of the subscription's account of that name; empty if the caller sees none.

        Raises PermissionDenied where the caller may list no accounts.
        """
        path = f"{self._base}/providers/Microsoft.Storage/storageAccounts"
        found = list(self.pages(path, STORAGE, f"looking for storage account {name}"))
        return next((str(each["id"]).split("/")[4] for each in found if each["name"] == name), "")

    def remove_account(self, group: str, name: str) -> None:
        """Delete the account with all its blobs."""
        self.remove(self.account_id(group, name), STORAGE, f"deleting storage account {name}")

    def account_key(self, group: str, name: str) -> str:
        """Return the first of the account's keys, a secret."""
        doing = f"asking for a key of storage account {name}"
        told = self.call("POST", f"{self.account_id(group, name)}/listKeys", STORAGE, doing)
        return str(told["keys"][0]["value"])

    def account_id(self, group: str, name: str) -> str:
        return f"{self.group_id(group)}/providers/Microsoft.Storage/storageAccounts/{name}"

    def container(self, group: str, account: str, name: str) -> dict[str, Any] | None:
        """Return the account's container of that name, or None where there is none."""
        return self.find(self._container_id(group, account, name), STORAGE, f"looking up container {name}")

    def make_container(self, group: str, account: str, name: str) -> None:
        """Make a container without public access."""
        path = self._container_id(group, account, name)
        self.call("PUT", path, STORAGE, f"creating container {name}", {"properties": {"publicAccess": "None"}})

    def _container_id(self, group: str, account: str, name: str) -> str:
        return f"{self.account_id(group, account)}/blobServices/default/containers/{name}"

    def accept_terms(self, plan: MarketplacePlan) -> None:
        """Accept the terms of an image's marketplace plan for the subscription."""
        path = (
            f"{self._base}/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine/publishers/"
            f"{plan.publisher}/offers/{plan.product}/plans/{plan.name}/agreements/current"
        )
        doing = f"accepting the terms of {plan.publisher}:{plan.product}:{plan.name}"
        terms = self.get(path, AGREEMENTS, doing)
        accepted = {**(terms.get("properties") or {}), "accepted": True}
        self.call("PUT", path, AGREEMENTS, doing, {"properties": accepted})

    # roles

    def caller(self) -> str:
        """Return the directory's number of the user or application that asks."""
        return object_id(self._credentials)

    def let_me_at_blobs(self, scope: str) -> bool:
        """Give the caller the role for blobs on `scope`, an account's id. Returns False where Azure forbids it."""
        definition = f"{self._base}/providers/Microsoft.Authorization/roleDefinitions/{DATA_OWNER}"
        me = self.caller()
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"{scope} {me} {DATA_OWNER}")
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
        body = {"properties": {"roleDefinitionId": definition, "principalId": me}}
        try:
            self.call("PUT", path, AUTHORIZATION, "giving yourself access to the state's blobs", body)
        except PermissionDenied:
            return False
        except Refused as failure:
            if "RoleAssignmentExists" not in failure.message:
                raise
        return True
