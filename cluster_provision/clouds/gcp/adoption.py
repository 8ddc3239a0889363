"""Finds resources that a killed run made but did not write to Terraform's state, if they are surely the cluster's.

A resource qualifies if its description names the cluster as Terraform's would, and if it was made after the run claimed
the cluster's place in the state bucket.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.api import COMPUTE, CONTAINER, FILESTORE, IAM, GoogleApi
from cluster_provision.clouds.gcp.resources import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Adoptable:
    """A Terraform resource type that can be imported.

    `import_id` is its id for `terraform import` (the provider's documents, 7.45.0), and `url` its address in the API. A
    part of another resource has no description, and an empty `url`.
    """

    import_id: str
    url: str = ""


def _compute(path: str) -> Adoptable:
    return Adoptable(f"projects/{{project}}/{path}/{{name}}", f"{COMPUTE}/projects/{{project}}/{path}/{{name}}")


_SERVER = "projects/{project}/locations/{location}/instances/{name}"
_CLUSTER = "projects/{project}/locations/{location}/clusters/{name}"
_ACCOUNT = "projects/{project}/serviceAccounts/{email}"
ADOPTABLE = {
    "google_compute_network": _compute("global/networks"),
    "google_compute_subnetwork": _compute("regions/{region}/subnetworks"),
    "google_compute_firewall": _compute("global/firewalls"),
    "google_compute_router": _compute("regions/{region}/routers"),
    "google_compute_router_nat": Adoptable("{project}/{region}/{router}/{name}"),
    "google_compute_address": _compute("regions/{region}/addresses"),
    "google_compute_resource_policy": _compute("regions/{region}/resourcePolicies"),
    "google_compute_disk": _compute("zones/{zone}/disks"),
    "google_compute_instance": _compute("zones/{zone}/instances"),
    "google_compute_instance_group_manager": _compute("zones/{zone}/instanceGroupManagers"),
    "google_container_cluster": Adoptable(_CLUSTER, f"{CONTAINER}/{_CLUSTER}"),
    "google_container_node_pool": Adoptable(
        "projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}"
    ),
    "google_filestore_instance": Adoptable(_SERVER, f"{FILESTORE}/{_SERVER}"),
    "google_service_account": Adoptable(_ACCOUNT, f"{IAM}/{_ACCOUNT}"),
}


class GcpAdoption(GoogleApi):
    """Looks up single resources by Terraform's own type and values."""

    def disk_gb(self, zone: str, name: str) -> int:
        """Return the size of a disk in GB; 0 where there is none."""
        try:
            url = f"{COMPUTE}/projects/{self._project}/zones/{zone}/disks/{name}"
            there = self._get(url, f"looking at disk {name}")
        except NotFound:
            return 0
        return int(there.get("sizeGb") or 0)

    def adoptable(self, kind: str, values: Mapping[str, Any], since: datetime) -> str:
        """Return the id by which Terraform imports the resource of this type with these planned values.

        The id is empty if the resource doesn't exist, isn't this cluster's, or can't be shown to be.
        """
        known = ADOPTABLE.get(kind)
        if known is None:
            return ""
        names = {name: name_of(str(value)) for name, value in values.items() if isinstance(value, str)}
        try:
            import_id, url = known.import_id.format_map(names), known.url.format_map(names)
            there = self._get(url, f"looking at {import_id}") if url else {}
        except (KeyError, NotFound):
            return ""
        if url and there.get("description", "") != (values.get("description") or ""):
            return ""
        made = there.get("creationTimestamp") or there.get("createTime")
        return "" if made and datetime.fromisoformat(str(made)) < since else import_id
