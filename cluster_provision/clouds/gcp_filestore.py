"""Filestore, as far as Destroy looks for what is left."""

from __future__ import annotations

from cluster_provision.clouds.google_api import GoogleApi

FILESTORE = "https://file.googleapis.com/v1"


class GcpFilestore(GoogleApi):
    """Looks at the file servers of a project."""

    def file_servers(self, label: str) -> list[str]:
        """The names of the file servers, in all regions and zones, that carry the cluster's label."""
        url = f"{FILESTORE}/projects/{self._project}/locations/-/instances"
        servers = self._pages_if_on(url, "looking for file servers that are left", "instances")
        return sorted(
            str(server["name"]).rsplit("/", 1)[-1]
            for server in servers
            if server.get("labels", {}).get("aiinfra-cluster") == label
        )
