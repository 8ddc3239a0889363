"""Lists Filestore's file servers, which Destroy looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.api import FILESTORE, GoogleApi
from cluster_provision.clouds.gcp.resources import leftover, unprotecting
from cluster_provision.labels import CLUSTER_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.result import Leftover


class GcpFilestore(GoogleApi):
    def file_servers(self, label: str, *, held: bool = False) -> list[Leftover]:
        """Return the file servers with the cluster's label, in all regions and zones; `held`: the state has some."""
        return [leftover(name) for name in sorted(str(each["name"]) for each in self._of_cluster(label, held=held))]

    def protected_servers(self, label: str) -> list[Leftover]:
        """Return those of them that somebody has protected against deletion, and how that is lifted."""
        servers = self._of_cluster(label, held=False)
        names = (str(each["name"]) for each in servers if each.get("deletionProtectionEnabled"))
        return [unprotecting(leftover(name)) for name in sorted(names)]

    def share_of(self, location: str, server: str) -> tuple[str, str]:
        """Return the address and the share's name of a file server. Raises NotFound where there is none."""
        url = f"{FILESTORE}/projects/{self._project}/locations/{location}/instances/{server}"
        found = self._get(url, f"looking up file server {server}")
        addresses = (found.get("networks") or [{}])[0].get("ipAddresses") or [""]
        return str(addresses[0]), str((found.get("fileShares") or [{}])[0].get("name", ""))

    def _of_cluster(self, label: str, *, held: bool) -> Iterator[dict[str, Any]]:
        url = f"{FILESTORE}/projects/{self._project}/locations/-/instances"
        servers = self._pages_if_on(url, "looking for remaining file servers", "instances", held=held)
        return (each for each in servers if each.get("labels", {}).get(CLUSTER_LABEL) == label)
