"""What all targets on Google Cloud share: who asks, which project, which zone, where the state lies."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cluster_provision.checks.gcp.preflight import look
from cluster_provision.checks.gcp.services import always_off
from cluster_provision.checks.gcp.subject import GcpSubject
from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.catalogue import GcpCatalogue
from cluster_provision.clouds.gcp.cloud import Gcp, Project
from cluster_provision.clouds.gcp.credentials import authorized_session, find_credentials, prove_credentials
from cluster_provision.errors import CANNOT_LOOK, PermissionDenied
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.result import Cluster
from cluster_provision.settings import GcpSettings
from cluster_provision.state.gcp.store import GcsStore
from cluster_provision.targets.base import D
from cluster_provision.targets.terraform_target import TerraformDefaults
from cluster_provision.terraform.dialects.gcp import GOOGLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from google.auth.transport.requests import AuthorizedSession
    from google.cloud.storage import Client

    from cluster_provision.checks.base import Finding
    from cluster_provision.clouds.base import Identity
    from cluster_provision.result import Leftover
    from cluster_provision.state.base import StateFacts, StateStore


class GcpTarget(TerraformDefaults[D]):
    """A cluster on Google Cloud of the given `kind`, which `settings` describe."""

    dialect = GOOGLE
    asks_once = False

    def __init__(self, settings: GcpSettings, kind: str) -> None:
        self.settings = settings
        self.zone = settings.first_zone
        self.cluster = Cluster(settings.name_prefix, cluster_label(settings), "gcp", kind)
        self._credentials: Any = None
        self._renewing = threading.Lock()
        self._email = ""
        self._session: AuthorizedSession | None = None
        self._cloud: Gcp | None = None
        self._project: Project | None = None
        self._oldest: datetime | None = None

    def move_to(self, zone: str) -> None:
        """From now on it is this zone."""
        self.zone = zone

    @property
    def place(self) -> str:
        """The zone."""
        return self.zone

    @property
    def zones(self) -> tuple[str, ...]:
        """Those of ZONE."""
        return self.settings.zone

    @property
    def region(self) -> str:
        """The zone's region."""
        return self.region_of(self.zone)

    def region_of(self, zone: str) -> str:
        """us-central1 of us-central1-a."""
        return zone.rpartition("-")[0]

    @property
    def private_values(self) -> tuple[str, ...]:
        """The confidential values of the settings."""
        return self.settings.confidential

    @property
    def labels(self) -> dict[str, str]:
        """What everything that takes labels carries: the user's, and the cluster's own."""
        return {**self.settings.labels, CLUSTER_LABEL: self.cluster.label}

    @property
    def cloud(self) -> Gcp:
        """Google Cloud, with the credentials of `sign_in`."""
        assert self._cloud is not None, "sign_in comes first"  # noqa: S101
        return self._cloud

    @property
    def project(self) -> Project:
        """The project, looked up by sign_in."""
        assert self._project is not None, "sign_in comes first"  # noqa: S101
        return self._project

    @cached_property
    def catalogue(self) -> GcpCatalogue:
        """What Google Cloud offers, asked with the credentials of `sign_in`."""
        assert self._session is not None, "sign_in comes first"  # noqa: S101
        return GcpCatalogue(self._session, self.settings.project_id)

    @cached_property
    def storage(self) -> Client:
        """Cloud Storage, with the credentials of `sign_in`."""
        from google.cloud.storage import Client

        return Client(project=self.settings.project_id, credentials=self._credentials)

    def close(self) -> None:
        """Nothing was lent."""

    def sign_in(self, prompt: Callable[[str], None] | None) -> tuple[Identity, str]:
        """Find the credentials, prove them, and look the project up. A person logs in by gcloud: see NoCredentials."""
        found = find_credentials()
        identity = prove_credentials(found)
        self._credentials = found.credentials
        self._email = identity.name
        self._session = authorized_session(found)
        self._cloud = Gcp(self._session, self.settings.project_id)
        try:
            self._project = self._cloud.project()
        except PermissionDenied as failure:
            raise always_off(self.catalogue, self.settings.project_id) or failure from failure
        return identity, f"project {self._project.id} (number {self._project.number})"

    def token(self) -> str:
        """An access token that holds for minutes at least; it may be asked for from several threads."""
        from google.auth.transport.requests import Request

        with self._renewing:
            if not self._credentials.valid:
                self._credentials.refresh(Request())
            return str(self._credentials.token)

    def look(self, store: StateStore, facts: StateFacts, *, data_disk_gb: int = 0) -> Finding:
        """What the checks before Apply find. What the cloud corrects in the settings holds for the whole run.

        `data_disk_gb` is the size of the Slurm controller's data disk that there is, 0 for none.
        """
        subject = GcpSubject(
            settings=self.settings,
            zone=self.zone,
            label=self.cluster.label,
            catalogue=self.catalogue,
            facts=facts,
            makes_bucket=self.settings.terraform_gcs_path is None and not store.exists(),
            data_disk_gb=data_disk_gb,
        )
        found = look(subject)
        if isinstance(found.settings, GcpSettings):
            self.settings = found.settings
        return found

    def adoptable(self, kind: str, values: Mapping[str, Any], since: datetime) -> str:
        """Only where nothing with the cluster's label or names is older than its place in the state bucket: that
        would be another cluster's of the same name, whose state lies elsewhere."""
        if self._oldest is None:
            self._oldest = self.cloud.oldest(self.cluster.label, self.settings.name_prefix) or since
        if self._oldest < since:
            return ""
        place = {"project": self.settings.project_id, "region": self.region, "zone": self.zone}
        known = {name: value for name, value in values.items() if value is not None}
        return self.cloud.adoptable(kind, {**place, **known}, since)

    def sweep(self, store: StateStore, say: Callable[[str], None]) -> bool:
        """Remove what a killed run made under a name that it made up."""
        self._name_protected(say)
        since = store.claimed_at() if store.exists() else None
        label, prefix = self.cluster.label, self.settings.name_prefix
        removed = self.cloud.remove_orphans(label, prefix, since) if since else []
        for each in removed:
            say(f"  removed {each}, which a killed run had left")
        return bool(removed)

    def keepers(self, message: str) -> list[Leftover]:
        """Machines and file servers of the cluster's that are protected against deletion."""
        return self._protected() if "protect" in message.lower() else []

    def _name_protected(self, say: Callable[[str], None]) -> None:
        """Name what Google will not delete: its own refusal names the group alone."""
        for each in self._protected():
            say(f"  {each.text()}; where nobody needs that:\n    {each.command}")

    def _protected(self) -> list[Leftover]:
        """All that can be looked at."""
        found: list[Leftover] = []
        for protected in (self.cloud.protected_machines, self.cloud.protected_servers):
            with contextlib.suppress(*CANNOT_LOOK, NotFound):
                found += protected(self.cluster.label)
        return found

    def store(self) -> GcsStore:
        """The bucket of TERRAFORM_GCS_PATH, else the project's own."""
        path = self.settings.terraform_gcs_path
        return GcsStore(
            self.storage,
            project_number=self.project.number,
            bucket=self.settings.state_bucket,
            folder=path.folder if path else "",
            name_prefix=self.settings.name_prefix,
            region=self.region,
            own=path is None,
            labels=self.settings.labels,
        )


def cluster_label(settings: GcpSettings) -> str:
    """The value of the cluster's label: the same for a project and a name on every run, six hexadecimal digits
    like the values that users' billing filters have seen so far."""
    seed = f"{settings.project_id}/{settings.name_prefix}"
    return hashlib.sha256(seed.encode()).hexdigest()[:6]
