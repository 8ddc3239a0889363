"""What all targets on Azure share: who asks, which subscription, where the state lies, what is left of a cluster."""

from __future__ import annotations

import hashlib
import os
from abc import ABC, abstractmethod
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.azure.api import SCOPE
from cluster_provision.clouds.azure.catalogue import AzureCatalogue
from cluster_provision.clouds.azure.cloud import Azure
from cluster_provision.clouds.azure.credentials import find_credentials, prove_credentials
from cluster_provision.clouds.azure.failures import azure_failures_named
from cluster_provision.clouds.azure.guest_health import send
from cluster_provision.clouds.azure.subscriptions import subscription_named
from cluster_provision.clouds.azure.terraform import terraform_credentials
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import NotReady, PermissionDenied, SettingsError
from cluster_provision.fleet.model import Endpoint
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.result import Cluster
from cluster_provision.state.azure.account import Place
from cluster_provision.state.azure.store import AzureBlobStore
from cluster_provision.targets.azure.head import HeadRule
from cluster_provision.targets.azure.machines import of_scale_set
from cluster_provision.targets.azure.removal import Removal
from cluster_provision.targets.azure.reports import complaint_in, report_on
from cluster_provision.targets.azure.ssh_routes import SSH_PORT, SshRoutes
from cluster_provision.targets.base import D, Remains
from cluster_provision.targets.terraform_target import TerraformDefaults
from cluster_provision.terraform.dialects.azure import AZURE, locked_scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from cluster_provision.clouds.azure.credentials import Credentials
    from cluster_provision.clouds.azure.guest_health import GuestHealthReport
    from cluster_provision.clouds.azure.machines import ScaleSetMachine
    from cluster_provision.clouds.base import Identity, Machine
    from cluster_provision.result import Leftover
    from cluster_provision.settings import AzureSettings
    from cluster_provision.state.base import StateFacts, StateStore
    from cluster_provision.targets.base import Complaint

ROLE = "azurerm_role_assignment"
POOL = "nodes"
"""The load balancer's pool that the machines are in (terraform/modules/azure/access)."""
STATE_GROUP = "aiinfra-terraform"
STATE_CONTAINER = "terraform"
# Storage accounts' names are one space for all of Azure's customers: 3 to 24 lower-case letters and digits.
STATE_ACCOUNT = "aiinfratf"


class AzureTarget(TerraformDefaults[D], ABC):
    """A cluster on Azure of the given `kind`, which `settings` describe."""

    dialect = AZURE
    asks_once = True

    def __init__(self, settings: AzureSettings, kind: str) -> None:
        self.settings = settings
        self.zone = settings.location
        self.cluster = Cluster(settings.name_prefix, cluster_label(settings), "azure", kind)
        self._lent = ExitStack()
        self._credentials: Credentials | None = None
        self._cloud: Azure | None = None
        self._unlisted: PermissionDenied | None = None

    def move_to(self, zone: str) -> None:
        """From now on it is this location."""
        self.zone = zone

    @property
    def place(self) -> str:
        """The location."""
        return self.zone

    @property
    def zones(self) -> tuple[str, ...]:
        """The one LOCATION: there are no others to try."""
        return (self.settings.location,)

    def region_of(self, zone: str) -> str:
        """A location is a region."""
        return zone

    @property
    def private_values(self) -> tuple[str, ...]:
        """The confidential values of the settings."""
        return self.settings.confidential

    @property
    def tags(self) -> dict[str, str]:
        """What everything that takes tags carries: the user's, and the cluster's own."""
        return {**self.settings.tags, CLUSTER_LABEL: self.cluster.label}

    @property
    def cloud(self) -> Azure:
        """Azure, with the credentials of `sign_in`."""
        assert self._cloud is not None, "sign_in comes first"  # noqa: S101
        return self._cloud

    @cached_property
    def catalogue(self) -> AzureCatalogue:
        """What Azure offers the subscription, asked with the credentials of `sign_in`."""
        return AzureCatalogue(self.cloud)

    def sign_in(self, prompt: Callable[[str], None] | None) -> tuple[Identity, str]:
        """Find the credentials, prove them, and look the subscription up. Terraform acts as these until `close`."""
        found = find_credentials(os.environ, prompt)
        identity = prove_credentials(found)
        self._credentials = found
        if not self.settings.subscription_id:
            named = subscription_named(found, self.settings.subscription_name)
            self.settings = replace(self.settings, subscription_id=named)
            self.cluster = replace(self.cluster, label=cluster_label(self.settings))
        self._cloud = Azure(found, self.settings.subscription_id)
        name = self._cloud.subscription()
        handed = self._lent.enter_context(terraform_credentials(found, self.settings.subscription_id))
        return replace(identity, environment=handed), f"subscription {name} ({self.settings.subscription_id})"

    def access_token(self, scope: str = SCOPE) -> str:
        """A token for Resource Manager, or for another `scope`, that holds for minutes at least; it may be asked for
        from several threads."""
        assert self._credentials is not None, "sign_in comes first"  # noqa: S101
        with azure_failures_named("asking Microsoft Entra ID for an access token"):
            return str(self._credentials.token.get_token(scope).token)

    def close(self) -> None:
        """Terraform gets no more tokens."""
        self._lent.close()

    def store(self) -> AzureBlobStore:
        """The container of TERRAFORM_BLOB_PATH, else the subscription's own."""
        assert self._credentials is not None, "sign_in comes first"  # noqa: S101
        s = self.settings
        place = self.state_place
        if s.storage_keys and self._unlisted is not None:
            raise self._unlisted
        if s.storage_keys and not place.group:
            told = f"STORAGE_KEYS=yes: subscription {s.subscription_id} has no storage account {place.account}"
            raise SettingsError((f"{told} (TERRAFORM_BLOB_PATH), or you can't see it: its keys can't be asked for",))
        return AzureBlobStore(self.cloud, self._credentials.token, place, s.name_prefix, keys=s.storage_keys)

    @cached_property
    def state_place(self) -> Place:
        """Where the state lies."""
        path = self.settings.terraform_blob_path
        if path is None:
            account = f"{STATE_ACCOUNT}{hashlib.sha256(self.settings.subscription_id.encode()).hexdigest()[:12]}"
            location, tags = self.settings.location, self.settings.tags
            return Place(account, STATE_CONTAINER, "", STATE_GROUP, location, own=True, tags=tags)
        # Its resource group is needed to ask for a key, and to give the machines a role. Who may list no accounts may
        # still read the state; `store`, preflight and `leftovers` tell of the refusal where it matters.
        try:
            group = self.cloud.group_of_account(path.account)
        except PermissionDenied as refused:
            self._unlisted, group = refused, ""
        return Place(path.account, path.container, path.folder, group)

    @property
    def unlisted(self) -> PermissionDenied | None:
        """Why nobody knows where the account of TERRAFORM_BLOB_PATH is; None where that could be looked at."""
        _ = self.state_place
        return self._unlisted

    @property
    def state_account(self) -> str:
        """The resource id of the account that the state lies in; empty where it is in no subscription that one sees."""
        place = self.state_place
        return self.cloud.account_id(place.group, place.account) if place.group else ""

    @property
    def state_container(self) -> str:
        """The resource id of the container that the state lies in, empty as above."""
        account = self.state_account
        return f"{account}/blobServices/default/containers/{self.state_place.container}" if account else ""

    @property
    def removal(self) -> Removal:
        """How the cluster goes."""
        return Removal(self.settings, self.cloud, self.cluster.label, self.state_container, self.unlisted)

    def adoptable(self, kind: str, values: Mapping[str, Any], since: datetime) -> str:
        """Only where nothing with the cluster's tag is older than its place in the container."""
        return self.removal.adoptable(kind, values, since)

    def settle(self, store: StateStore, show: Callable[[str], None]) -> None:
        """Wait for a resource group that is being deleted, and for a scale set that is being changed."""
        self.removal.settle(show)

    def keepers(self, message: str) -> list[Leftover]:
        """The locks on the scopes that Azure names, each by its own name."""
        return [lock for scope in locked_scopes(message) for lock in self.cloud.locks_on(scope)]

    def sweep(self, store: StateStore, say: Callable[[str], None]) -> bool:
        """Remove what a killed run made and Terraform doesn't know, and roles of machines that are gone."""
        removed = self.removal.sweep(store, say)
        self.removal.remove_own_group(store, say)
        return removed

    def leftovers(self, facts: StateFacts) -> Remains:
        """What carries the cluster's tag, and the roles that its machines had."""
        return self.removal.leftovers(self.store().deployment, gave_roles=ROLE in facts.kinds or not facts.exists)

    @abstractmethod
    def machines(self) -> Sequence[Machine]:
        """The machines that there are, by their names in the cluster."""

    @property
    def may_send(self) -> bool:
        """YES=yes sends reports."""
        return self.settings.yes

    def complaint(self, argument: str) -> Complaint:
        """What Report is given."""
        return complaint_in(argument)

    def health_report(self, store: StateStore, complaint: Complaint) -> GuestHealthReport:
        """What Azure's Guest Health Reporting would get of this node."""
        return report_on(of_scale_set(self.machines()), store, complaint)

    def send_report(self, name: str, report: GuestHealthReport) -> str:
        """Send it by Azure's Impact API."""
        return send(self.cloud, name, report)

    @property
    def head_rule(self) -> HeadRule:
        """The security rule that allows SSH to the head."""
        return HeadRule(self.settings, self.cloud)

    @property
    def key(self) -> Path | None:
        """The file of the private key, None where it isn't known."""
        s = self.settings
        return s.ssh_private_key or (s.ssh_key_file if s.ssh_key_file and s.ssh_key_file.exists() else None)

    def routes(self, machines: Sequence[ScaleSetMachine]) -> SshRoutes:
        """How the machines are reached now; the head's port is the one that the load balancer gave it."""
        s, head, key = self.settings, machines[0], self.key
        within = SshRoutes(s.admin, Endpoint(head.address, SSH_PORT), public=False, key=key)
        if s.access != "head":
            return within
        address = self.cloud.public_address(s.resource_group, f"{s.name_prefix}-ip")
        try:
            port = self.cloud.port(s.resource_group, f"{s.name_prefix}-lb", POOL, head.configuration) if address else 0
        except NotFound:
            port = 0
        return SshRoutes(s.admin, Endpoint(address, port), public=True, key=key) if port else within

    def _require(self, machines: list[ScaleSetMachine]) -> list[ScaleSetMachine]:
        if not machines:
            raise NotReady(f"cluster {self.cluster.name} has no machines in {self.zone}", "Run Create first.")
        return machines


def cluster_label(settings: AzureSettings) -> str:
    """The value of the cluster's tag: the same for a subscription and a name on every run, six hexadecimal digits."""
    seed = f"{settings.subscription_id}/{settings.name_prefix}"
    return hashlib.sha256(seed.encode()).hexdigest()[:6]
