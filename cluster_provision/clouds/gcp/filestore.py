"""Filestore, as far as Destroy looks for what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.api import FILESTORE, GoogleApi
from cluster_provision.clouds.gcp.resources import leftover
from cluster_provision.labels import CLUSTER_LABEL

if TYPE_CHECKING:
    from cluster_provision.result import Leftover


class GcpFilestore(GoogleApi):
    """Looks at the file servers of a project."""

    def file_servers(self, label: str) -> list[Leftover]:
        """The file servers, in all regions and zones, that carry the cluster's label."""
        url = f"{FILESTORE}/projects/{self._project}/locations/-/instances"
        servers = self._pages_if_on(url, "looking for file servers that are left", "instances")
        names = (str(s["name"]) for s in servers if s.get("labels", {}).get(CLUSTER_LABEL) == label)
        return [leftover(name) for name in sorted(names)]
