"""Keeps the state in a Google Cloud Storage bucket, with one folder for each cluster.

<bucket>/[dir/]<NAME_PREFIX>-deployment/
  terraform/state/default.tfstate, default.tflock    Terraform's own
  cluster.json                                        the mark that this tool uses the place, and in which zone
  nodes/<name>.json                                   written by the nodes
  runs/<id>.json                                      written by each run that is at work, every 15 seconds
  files/<digest>.tar.gz                               the user's files for the nodes
  <NAME_PREFIX>-env.list, <NAME_PREFIX>-terraform.log the last run's parameters and log
<bucket>/[dir/]<NAME_PREFIX>-results/<time>/          what commands have left, which Destroy leaves there
"""

from __future__ import annotations

import contextlib
import shlex
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.failures import google_failures_named
from cluster_provision.errors import PermissionDenied, PlaceClosed, StateLocked, StateStoreError
from cluster_provision.node import NODES_FOLDER
from cluster_provision.state.base import RUNS_FOLDER, Pulse, Rights
from cluster_provision.state.beside import beside, folder_of
from cluster_provision.state.contents import (
    MARK,
    claimed_in,
    facts_of,
    lock_of,
    mark_of,
    mark_text,
    record_of,
    summaries,
)
from cluster_provision.state.gcp.folders import folders_in
from cluster_provision.state.gcp.results import GcsResults
from cluster_provision.state.gcp.retention import require_deletable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from google.cloud.storage import Blob, Bucket, Client

    from cluster_provision.node import NodeRecord, NodeSummary
    from cluster_provision.state.base import Lock, StateFacts

MADE_BY = {"created-by": "cluster-provision"}
TOLD = "told"
BATCH = 100
"""Calls in one request, the most that Cloud Storage takes: https://cloud.google.com/storage/docs/batch"""

RETRY_SECONDS = 20.0
"""By default google-cloud-storage retries for 120 s, longer than a person waits for a first message."""


class GcsStore:
    """The store of cluster `name_prefix` in `bucket`, below `folder`.

    `own`: the bucket is the tool's default one in project `project_number`. It is created in `region`, with the user's
    `labels`, if it is missing, and refused if it belongs to another project, since anybody can make a bucket of that
    name.
    """

    noun = "bucket"
    setting = "TERRAFORM_GCS_PATH"

    def __init__(
        self,
        client: Client,
        *,
        project_number: str,
        bucket: str,
        folder: str,
        name_prefix: str,
        region: str,
        own: bool,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        from google.cloud.storage.retry import DEFAULT_RETRY

        self._client = client
        self._retry = DEFAULT_RETRY.with_timeout(RETRY_SECONDS)
        self._project_number = project_number
        self._region = region
        self._own = own
        self._labels = {**(labels or {}), **MADE_BY}
        self._found: Bucket | None = None
        self.container = bucket
        self.deployment = "/".join(part for part in (folder, f"{name_prefix}-deployment") if part)

    @property
    def uri(self) -> str:
        """The address of Terraform's state."""
        return f"gs://{self.container}/{self._prefix}"

    @property
    def _prefix(self) -> str:
        return f"{self.deployment}/terraform/state"

    def exists(self) -> bool:
        """Whether the bucket exists. Raises StateStoreError where it is not ours or not readable."""
        if self._found is not None:
            return True
        with google_failures_named(f"looking for bucket gs://{self.container}", StateStoreError):
            self._found = self._client.lookup_bucket(self.container, timeout=RETRY_SECONDS, retry=self._retry)
        if self._found is None and not self._own:
            raise StateStoreError(
                f"there is no bucket gs://{self.container} (TERRAFORM_GCS_PATH)",
                "Create it, or leave TERRAFORM_GCS_PATH out: then the tool makes a bucket of the project's own.",
            )
        if self._found is None:
            return False
        owner = str(self._found.project_number or "")
        if self._own and owner and owner != self._project_number:
            raise StateStoreError(
                f"bucket gs://{self.container} belongs to another project (number {owner})",
                "Anybody can make a bucket of that name, so the tool doesn't use it. Name one of yours: "
                "TERRAFORM_GCS_PATH=gs://<bucket>/<folder>.",
            )
        state = f"{self._prefix}/default.tfstate"
        require_deletable(self._found, self.container, lambda: self._read(state) is not None)
        return True

    def take_up(self) -> None:
        """One call makes a bucket whole."""

    def grants_by_folder(self) -> bool:
        """IAM conditions need uniform bucket-level access: https://cloud.google.com/storage/docs/access-control/iam"""
        return bool(self._bucket.iam_configuration.uniform_bucket_level_access_enabled)

    def prepare(self) -> bool:
        """Create the default bucket if it is missing. Returns whether it did."""
        if self.exists():
            return False
        from google.api_core.exceptions import Conflict

        bucket = self._client.bucket(self.container)
        bucket.iam_configuration.uniform_bucket_level_access_enabled = True
        bucket.iam_configuration.public_access_prevention = "enforced"
        bucket.versioning_enabled = True
        bucket.soft_delete_policy.retention_duration_seconds = 0  # versions stay; what Destroy deletes is gone
        bucket.labels = self._labels
        with self._elsewhere(), google_failures_named(f"creating bucket gs://{self.container}", StateStoreError):
            try:
                self._found = self._client.create_bucket(bucket, location=self._region, retry=self._retry)
            except Conflict:  # another run made it just now, or it belongs to somebody else
                if not self.exists():
                    raise StateStoreError(
                        f"the name gs://{self.container} is taken",
                        "Name a bucket of your own: TERRAFORM_GCS_PATH=gs://<bucket>/<folder>.",
                    ) from None
                return False
        return True

    @contextlib.contextmanager
    def _elsewhere(self) -> Iterator[None]:
        """A bucket of one's own lies where no other zone of the cluster's would bring it."""
        try:
            yield
        except PlaceClosed as failure:
            raise PermissionDenied(
                failure.message,
                f"The state's bucket can't be made in {self._region}. Name one that lies where your organisation "
                "allows it: TERRAFORM_GCS_PATH=gs://<bucket>/<folder>; or begin ZONE with a zone of another region.",
            ) from None

    def backend(self) -> tuple[str, dict[str, str]]:
        """Return Terraform's gcs backend, with the caller's own credentials."""
        return "gcs", {"bucket": self.container, "prefix": self._prefix}

    @property
    def place(self) -> str:
        """The address of the folder that the deployments are in."""
        return f"gs://{self.container}/{folder_of(self.deployment)}"

    def clusters(self) -> list[GcsStore]:
        """List the folders beside this deployment."""
        return beside(self, folders_in(self._client, self.container, folder_of(self.deployment), self._retry))

    def lock(self) -> Lock | None:
        """The holder of Terraform's lock."""
        from google.api_core.exceptions import NotFound

        name = self._lock_name
        command = f"gcloud storage rm {shlex.quote(f'gs://{self.container}/{name}')}"
        with google_failures_named(f"reading gs://{self.container}/{name}", StateStoreError):
            try:
                found = self._bucket.get_blob(name, retry=self._retry)
                if found is None:
                    return None
                text = found.download_as_bytes(retry=self._retry)
            except NotFound:  # released meanwhile
                return None
        return lock_of(text, command, str(found.generation or ""))

    def unlock(self, lock: Lock) -> bool:
        """Delete the lock's object, in the generation that was looked at."""
        from google.api_core.exceptions import NotFound, PreconditionFailed

        blob = self._bucket.blob(self._lock_name)
        with google_failures_named(f"deleting the lock gs://{self.container}/{self._lock_name}", StateStoreError):
            try:
                blob.delete(if_generation_match=int(lock.generation), retry=self._retry)
            except NotFound:
                return False
            except PreconditionFailed:
                raise StateLocked(
                    f"the lock of {self.uri} is another run's by now; it is left alone",
                    "Wait for that run to end, or look again.",
                ) from None
        return True

    @property
    def _lock_name(self) -> str:
        return f"{self._prefix}/default.tflock"

    def rights(self) -> Rights:
        """testIamPermissions on the bucket, which tells of rights that hold for all of it."""
        from google.api_core.exceptions import NotFound

        wanted = [f"storage.objects.{verb}" for verb in ("create", "delete", "get", "list")]
        with google_failures_named(f"testing permissions on bucket gs://{self.container}", StateStoreError):
            try:
                granted = self._bucket.test_iam_permissions(wanted, timeout=RETRY_SECONDS, retry=self._retry)
            except NotFound:
                return Rights("", unproven=f"there is no bucket gs://{self.container} yet")
        told = f"objects in gs://{self.container} may be written and deleted"
        return Rights(told, missing=tuple(each for each in wanted if each not in granted))

    def pulses(self) -> list[Pulse]:
        """One listing; nothing where there is no bucket."""
        from google.api_core.exceptions import NotFound

        prefix = f"{self.deployment}/{RUNS_FOLDER}/"
        with google_failures_named(f"listing gs://{self.container}/{prefix}", StateStoreError):
            try:
                found = list(self._client.list_blobs(self.container, prefix=prefix, retry=self._retry))
            except NotFound:
                return []
        return [
            Pulse(blob.name.removeprefix(f"{self.deployment}/"), blob.updated, (blob.metadata or {}).get(TOLD, ""))
            for blob in found
            if blob.updated
        ]

    def beat(self, name: str, text: str) -> None:
        """As the object's metadata: what changes those alone makes no version. Who may not do so writes it anew."""
        from google.api_core.exceptions import Forbidden, NotFound

        blob = self._bucket.blob(f"{self.deployment}/{name}")
        blob.metadata = {TOLD: text}
        with google_failures_named(f"writing gs://{self.container}/{self.deployment}/{name}", StateStoreError):
            try:
                blob.patch(retry=self._retry)
            except (Forbidden, NotFound):
                blob.upload_from_string(text, retry=self._retry)

    def facts(self) -> StateFacts:
        """Return what the Terraform state and the mark say."""
        mark = mark_of(self._read(f"{self.deployment}/{MARK}"))
        advice = "Look at the object; an older version of it may be whole (the bucket keeps versions)."
        return facts_of(self._read(f"{self._prefix}/default.tfstate"), mark, f"{self.uri}/default.tfstate", advice)

    def claim(self, label: str, zone: str, *, settled: bool) -> None:
        """Write the mark. An existing mark keeps its date."""
        self.write(MARK, mark_text(label, zone, settled=settled, since=self.claimed_at()))

    def claimed_at(self) -> datetime | None:
        """Return the mark's date, or the creation time of a mark without one, which was written only once."""
        mark = mark_of(self._read(f"{self.deployment}/{MARK}"))
        if mark is None:
            return None
        if (since := claimed_in(mark)) is not None:
            return since
        with google_failures_named(f"looking at gs://{self.container}/{self.deployment}", StateStoreError):
            found = self._bucket.get_blob(f"{self.deployment}/{MARK}", retry=self._retry)
        return found.time_created if found else None

    def node_summaries(self) -> list[NodeSummary]:
        """List all records, 1000 on a page. Empty where the bucket doesn't exist."""
        from google.api_core.exceptions import NotFound

        prefix = f"{self.deployment}/{NODES_FOLDER}/"
        fields = "items(name,metadata),nextPageToken"
        with google_failures_named(f"listing gs://{self.container}/{prefix}", StateStoreError):
            try:
                listed = list(self._client.list_blobs(self.container, prefix=prefix, fields=fields, retry=self._retry))
            except NotFound:
                return []
        return summaries({blob.name.removeprefix(prefix): blob.metadata or {} for blob in listed})

    def node_record(self, name: str) -> NodeRecord | None:
        """Return the record of node `name`, or None where there is none or it can't be parsed."""
        return record_of(self._read(f"{self.deployment}/{NODES_FOLDER}/{name}.json"))

    def forget_nodes(self, keep: set[str]) -> None:
        """Delete the records of machines that are gone."""
        from google.api_core.exceptions import NotFound

        gone = [s.name for s in self.node_summaries() if s.name not in keep]
        with google_failures_named("deleting the records of nodes that are gone", StateStoreError):
            for name in gone:
                with contextlib.suppress(NotFound):  # somebody else was faster, or the first answer was lost
                    self._bucket.blob(f"{self.deployment}/{NODES_FOLDER}/{name}.json").delete(retry=self._retry)

    def upload(self, name: str, source: Path) -> None:
        """Put a file at <deployment>/<name>."""
        with google_failures_named(f"uploading {name}", StateStoreError):
            self._bucket.blob(f"{self.deployment}/{name}").upload_from_filename(str(source), retry=self._retry)

    def write(self, name: str, text: str) -> None:
        """Put a text at <deployment>/<name>."""
        with google_failures_named(f"writing gs://{self.container}/{self.deployment}/{name}", StateStoreError):
            self._bucket.blob(f"{self.deployment}/{name}").upload_from_string(text, retry=self._retry)

    def read(self, name: str) -> str | None:
        """Return the text at <deployment>/<name>, or None."""
        return self._read(f"{self.deployment}/{name}")

    def has(self, name: str) -> bool:
        """Whether <deployment>/<name> exists."""
        with google_failures_named(f"looking at gs://{self.container}/{self.deployment}", StateStoreError):
            return bool(self._bucket.blob(f"{self.deployment}/{name}").exists(retry=self._retry))

    def remove(self, name: str) -> None:
        """Delete <deployment>/<name>, where it is there."""
        from google.api_core.exceptions import NotFound

        doing = f"deleting gs://{self.container}/{self.deployment}/{name}"
        with google_failures_named(doing, StateStoreError), contextlib.suppress(NotFound):
            self._bucket.blob(f"{self.deployment}/{name}").delete(retry=self._retry)

    @property
    def results(self) -> GcsResults:
        """What commands have left."""
        return GcsResults(self._client, self.container, self.deployment, self._retry)

    def delete_deployment(self) -> str:
        """Delete the cluster's folder with all versions; then the bucket, if it is the tool's and empty."""
        from google.api_core.exceptions import Conflict, Forbidden, NotFound

        doing = f"deleting gs://{self.container}/{self.deployment}"
        with google_failures_named(doing, StateStoreError):
            versions = self._versions()
            for start in range(0, len(versions), BATCH):
                part = partial(self._delete_together, versions[start : start + BATCH])
                with contextlib.suppress(NotFound):  # of some in it; those are deleted that were there
                    self._retry(part)()
            for blob in self._versions() if versions else ():  # the request went well, and a part of it not
                with contextlib.suppress(NotFound):
                    self._bucket.blob(blob.name, generation=blob.generation).delete(retry=self._retry)
            if not (self._own and (self._bucket.labels or {}).items() >= MADE_BY.items()):
                return ""
            try:
                self._bucket.delete(retry=self._retry)
            except (Conflict, NotFound):  # it holds other clusters' state
                return ""
            except Forbidden:
                return f"the empty bucket gs://{self.container}, which you may not delete"
        return ""

    def _versions(self) -> list[Blob]:
        """All that is in the cluster's folder, former versions too."""
        prefix = f"{self.deployment}/"
        return list(self._client.list_blobs(self.container, prefix=prefix, versions=True, retry=self._retry))

    def _delete_together(self, versions: Sequence[Blob]) -> None:
        """In one request, which Google's library doesn't repeat by itself."""
        with self._client.batch():
            for blob in versions:
                self._bucket.blob(blob.name, generation=blob.generation).delete()

    @property
    def _bucket(self) -> Bucket:
        return self._found if self._found is not None else self._client.bucket(self.container)

    def _read(self, name: str) -> str | None:
        from google.api_core.exceptions import NotFound

        with google_failures_named(f"reading gs://{self.container}/{name}", StateStoreError):
            try:
                return str(self._bucket.blob(name).download_as_text(retry=self._retry))
            except NotFound:
                return None
