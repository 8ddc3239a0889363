"""CLOUD=gcp without an orchestrator: a managed instance group of GPU machines."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp import Gcp, Project
from cluster_provision.clouds.gcp_credentials import authorized_session, find_credentials, prove_credentials
from cluster_provision.clouds.google_failures import google_failures_named
from cluster_provision.errors import PermissionDenied, SettingsError
from cluster_provision.result import Check, Cluster
from cluster_provision.state.gcs import GcsStore
from cluster_provision.targets.base import Preflight

if TYPE_CHECKING:
    from google.cloud.storage import Client

    from cluster_provision.clouds.base import Identity, Machine
    from cluster_provision.node import Node
    from cluster_provision.settings import GcpSettings
    from cluster_provision.state.base import StateFacts, StateStore

LABEL = "aiinfra-cluster"
NOTEBOOK_PORT = 8080


class GcpVms:
    """The cluster that `settings` describe."""

    module = "gcp/vms"

    def __init__(self, settings: GcpSettings) -> None:
        self.settings = settings
        self.expected_nodes = settings.instance_count
        self.cluster = Cluster(settings.name_prefix, cluster_label(settings), "gcp", "vms")
        self._credentials: Any = None
        self._cloud: Gcp | None = None
        self._project: Project | None = None
        self._own_account = settings.service_account is None
        self._account = settings.service_account or ""

    def sign_in(self) -> tuple[Identity, str]:
        """Find the credentials, prove them, and look the project up."""
        self._credentials = find_credentials()
        identity = prove_credentials(self._credentials)
        self._cloud = Gcp(authorized_session(self._credentials), self.settings.project_id)
        self._project = self._cloud.project()
        return identity, f"project {self._project.id} (number {self._project.number})"

    def store(self) -> GcsStore:
        """The bucket of TERRAFORM_GCS_PATH, else the project's own."""
        path = self.settings.terraform_gcs_path
        return GcsStore(
            self._storage,
            project_number=self._known_project.number,
            bucket=self.settings.state_bucket,
            folder=path.folder if path else "",
            name_prefix=self.settings.name_prefix,
            region=self.settings.region,
            own=path is None,
        )

    def preflight(self, store: StateStore, facts: StateFacts) -> Preflight:
        """See that what the settings name exists; settle which service account the machines get."""
        named = self._named_things()
        missing = tuple(line for line, there in named if there is False)
        if missing:
            raise SettingsError(missing)
        unseen = [
            Check(line.split(":")[0], "unknown", "you may not look it up") for line, there in named if there is None
        ]
        chosen = self._choose_account(store, facts)
        return Preflight((*chosen.checks, *unseen), chosen.notes)

    def _named_things(self) -> list[tuple[str, bool | None]]:
        """What the settings name, as the line that says it is missing, and whether it is there."""
        s, cloud = self.settings, self._known_cloud
        zone = cloud.exists(f"{s.project_id}/zones/{s.first_zone}")
        lines = [(f"ZONE={s.first_zone}: there is no such zone for project {s.project_id}", zone)]
        if zone:
            there = cloud.exists(f"{s.project_id}/zones/{s.first_zone}/machineTypes/{s.vm_type}")
            lines.append((f"VM_TYPE={s.vm_type}: zone {s.first_zone} does not have it", there))
        there = cloud.exists(s.image.removeprefix("projects/"))
        lines.append((f"the image {s.image} does not exist (IMAGE_FAMILY_NAME, IMAGE_NAME, IMAGE_PROJECT)", there))
        if s.service_account:
            there = cloud.account_exists(s.service_account)
            lines.append((f"SERVICE_ACCOUNT={s.service_account}: there is no such service account", there))
        return lines

    def _choose_account(self, store: StateStore, facts: StateFacts) -> Preflight:
        if not self._own_account:
            return Preflight((Check("service account", "ok", self._account),))
        if "google_service_account" in facts.kinds:  # the nodes run as it, whoever asks now
            return Preflight((Check("service account", "ok", "the machines have one of their own"),))
        may_create = self._known_cloud.may(("iam.serviceAccounts.create", "iam.serviceAccounts.actAs"))
        if may_create is None:
            return Preflight((Check("service account", "unknown", "permissions can't be tested"),))
        obstacle = self._obstacle(store) if may_create else "you may not create a service account"
        if not obstacle:
            return Preflight((Check("service account", "ok", "the machines get one of their own"),))
        self._account = self._known_project.default_account
        if not self._account:
            raise PermissionDenied(
                f"{obstacle}, and project {self.settings.project_id} has no default service account",
                "Ask for the permission (docs/permissions.md), or name an account of yours in SERVICE_ACCOUNT.",
            )
        note = f"{obstacle}: the machines run as the project's default account {self._account}, which must be able to"
        note += f" write to gs://{store.container}"
        return Preflight((Check("service account", "ok", self._account),), (note,))

    def variables(self, store: StateStore, files_object: str) -> dict[str, Any]:
        """The variables of terraform/gcp/vms."""
        s = self.settings
        return {
            "project_id": s.project_id,
            "region": s.region,
            "zone": s.first_zone,
            "name_prefix": s.name_prefix,
            "labels": {**s.labels, LABEL: self.cluster.label},
            "metadata": s.metadata,
            "enable_notebook": s.enable_notebook,
            "machine_type": s.vm_type,
            "accelerator_type": s.accelerator_type,
            "accelerator_count": s.gpu_count,
            "image": s.image,
            "disk_size_gb": s.disk_size_gb,
            "disk_type": s.disk_type,
            "instance_count": s.instance_count,
            "network_config": s.network_config,
            "external_ip": s.external_ip,
            "service_account": self._account,
            "state_bucket": store.container,
            "deployment": store.deployment,
            "mount_buckets": sorted({m.bucket for m in s.gcs_mount_list}),
            "node_config": json.dumps(self._node_config(store, files_object), sort_keys=True),
            "startup_command": s.startup_command,
        }

    def machines(self) -> list[Machine]:
        """The group's machines."""
        s = self.settings
        return self._known_cloud.machines(s.first_zone, self._group, self.cluster.label)

    def connection(self, nodes: list[Node]) -> dict[str, Any]:
        """ssh through IAP for each node."""
        return {"ssh": {n.name: self._ssh(n) for n in nodes}}

    def tunnel(self, node: Node) -> str:
        """An ssh forward through IAP: the notebook may listen on the machine's loopback alone, and no external
        address is needed (https://cloud.google.com/deep-learning-vm/docs/jupyter)."""
        return f"{self._ssh(node)} -- -N -L {NOTEBOOK_PORT}:localhost:{NOTEBOOK_PORT}"

    def _ssh(self, node: Node) -> str:
        place = f"--project={self.settings.project_id} --zone={node.zone}"
        return f"gcloud compute ssh {node.name} {place} --tunnel-through-iap"

    def outdated(self, machines: list[Machine]) -> list[Machine]:
        """Machines of another template than the group's: it leaves running ones alone."""
        current = self._known_cloud.group_template(self.settings.first_zone, self._group).rsplit("/", 1)[-1]
        return [m for m in machines if m.template and m.template.rsplit("/", 1)[-1] != current]

    def renew(self, machines: list[Machine]) -> None:
        """Have the group recreate them."""
        self._known_cloud.recreate(self.settings.first_zone, self._group, machines)

    def renewal(self, machines: list[Machine]) -> str:
        """gcloud's command for the same."""
        names = ",".join(m.name for m in machines)
        place = f"--project={self.settings.project_id} --zone={self.settings.first_zone}"
        return f"gcloud compute instance-groups managed recreate-instances {self._group} {place} --instances={names}"

    def leftovers(self) -> list[str]:
        """What carries the cluster's label, and the group and the network by their names."""
        s, cloud = self.settings, self._known_cloud
        found = cloud.labelled(self.cluster.label)
        for kind, path in (
            ("instance group", f"zones/{s.first_zone}/instanceGroupManagers/{self._group}"),
            ("network", f"global/networks/{s.name_prefix}-dpl-net"),
        ):
            if cloud.exists(f"{s.project_id}/{path}"):
                found.append(f"{kind} {path.rsplit('/', 1)[-1]}")
        return found

    @property
    def _group(self) -> str:
        return f"{self.settings.name_prefix}-mig"

    def _node_config(self, store: StateStore, files_object: str) -> dict[str, Any]:
        s = self.settings
        files = {"object": files_object, "destination": s.vm_localfile_dest_path} if files_object else None
        return {
            "schema": 1,
            "bucket": store.container,
            "deployment": store.deployment,
            "files": files,
            "buckets": [{"bucket": m.bucket, "path": m.path} for m in s.gcs_mount_list],
            "notebook": s.enable_notebook,
        }

    def _obstacle(self, store: StateStore) -> str:
        """Why the machines' own account can't be given what it needs; empty where nothing is in the way."""
        mounted = sorted({m.bucket for m in self.settings.gcs_mount_list})
        for bucket in [*([store.container] if store.exists() else []), *mounted]:
            if not self._may_grant(bucket):
                return f"you may not grant access to gs://{bucket}"
        if store.exists() and not store.grants_by_folder():
            return f"gs://{store.container} has no uniform bucket-level access, so access to a folder can't be granted"
        return ""

    def _may_grant(self, bucket: str) -> bool:
        wanted = ["storage.buckets.getIamPolicy", "storage.buckets.setIamPolicy"]
        with google_failures_named(f"testing permissions on gs://{bucket}"):
            from google.api_core.exceptions import NotFound

            try:
                return set(self._storage.bucket(bucket).test_iam_permissions(wanted)) == set(wanted)
            except NotFound:
                raise SettingsError((f"GCS_MOUNT_LIST names gs://{bucket}: there is no such bucket",)) from None

    @cached_property
    def _storage(self) -> Client:
        from google.cloud.storage import Client

        return Client(project=self.settings.project_id, credentials=self._credentials)

    @property
    def _known_cloud(self) -> Gcp:
        assert self._cloud is not None, "sign_in comes first"  # noqa: S101
        return self._cloud

    @property
    def _known_project(self) -> Project:
        assert self._project is not None, "sign_in comes first"  # noqa: S101
        return self._project


def cluster_label(settings: GcpSettings) -> str:
    """The value of the cluster's label: the same for a project and a name on every run, six hexadecimal digits
    like the values that users' billing filters have seen so far."""
    seed = f"{settings.project_id}/{settings.name_prefix}"
    return hashlib.sha256(seed.encode()).hexdigest()[:6]
