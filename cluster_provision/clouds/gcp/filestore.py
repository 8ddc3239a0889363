"""Lists Filestore's file servers, which Destroy looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.api import FILESTORE, GoogleApi
from cluster_provision.clouds.gcp.resources import leftover
from cluster_provision.labels import CLUSTER_LABEL

if TYPE_CHECKING:
    from cluster_provision.result import Leftover


class GcpFilestore(GoogleApi):
    def file_servers(self, label: str, *, held: bool = False) -> list[Leftover]:
        """Return the file servers with the cluster's label, in all regions and zones; `held`: the state has some."""
        url = f"{FILESTORE}/projects/{self._project}/locations/-/instances"
        servers = self._pages_if_on(url, "looking for remaining file servers", "instances", held=held)
        names = (str(s["name"]) for s in servers if s.get("labels", {}).get(CLUSTER_LABEL) == label)
        return [leftover(name) for name in sorted(names)]
