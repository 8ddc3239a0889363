"""Removes what Kubernetes Engine makes in Compute Engine and doesn't always delete with a cluster.

Networks for accelerators stay: Google's own walkthrough deletes them by hand (cloud.google.com/blog, "DRANET on GKE
with A4", 2026-01, and the documents on automated networking for accelerator VMs, 2026-04). Firewall rules and network
endpoint groups of services stay if the cluster goes before its services; they then keep its network from being deleted
(terraform-google-three-tier-web-app#167, 2024-11; build-a-supergraph#34, 2022-11). Disks of volumes stay on purpose:
they hold data.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.api import COMPUTE
from cluster_provision.clouds.gcp.deletion import GoogleDeletion
from cluster_provision.clouds.gcp.resources import name_of
from cluster_provision.errors import Interrupted, ProvisionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class GkeRemnants(GoogleDeletion):
    """Finds and removes them in one project."""

    def networks_there(self, names: Sequence[str]) -> list[str]:
        """Return which of these networks exist."""
        return [name for name in names if self._found(f"global/networks/{name}")]

    def remove_network(self, name: str) -> bool:
        """Remove a network with its subnetworks and firewall rules; return False where it stays.

        The subnetworks go first: if one is in use, Compute Engine refuses, and the rules are still there. A network
        that stays is still noted, and Destroy's look for leftovers names it.
        """
        network = self._found(f"global/networks/{name}")
        if network is None:
            return True
        rules = [str(each["name"]) for each in self._listed("firewalls") if name_of(each.get("network", "")) == name]
        try:
            for link in network.get("subnetworks", ()):
                self._delete(str(link).partition(f"projects/{self._project}/")[2])
            for rule in rules:
                self._delete(f"global/firewalls/{rule}")
            self._delete(f"global/networks/{name}")
        except Interrupted:
            raise
        except ProvisionError:
            return False
        return True

    def rules_of(self, cluster: str) -> list[str]:
        """Return the firewall rules that open ports of this cluster's nodes: their target is the cluster's tag."""
        tag = re.compile(rf"gke-{re.escape(cluster)}-[0-9a-f]{{8}}-node")
        return sorted(
            str(each["name"])
            for each in self._listed("firewalls")
            if each.get("targetTags") and all(tag.fullmatch(str(one)) for one in each["targetTags"])
        )

    def endpoint_groups_in(self, network: str) -> list[tuple[str, str]]:
        """Return the endpoint groups of Kubernetes' services in a network, by zone and name."""
        found = []
        for scope, each in self._everywhere("networkEndpointGroups"):
            if name_of(each.get("network", "")) == network and str(each["name"]).startswith("k8s"):
                found.append((scope.removeprefix("zones/"), str(each["name"])))
        return found

    def disks_of(self, cluster: str, location: str) -> list[str]:
        """Return the URLs of the volumes' disks in all zones: GKE labels them with their cluster."""
        query = f'labels.goog-k8s-cluster-name="{cluster}" AND labels.goog-k8s-cluster-location="{location}"'
        return sorted(str(each["selfLink"]) for _, each in self._everywhere("disks", query))

    def remove_rule(self, name: str) -> None:
        self._delete(f"global/firewalls/{name}")

    def remove_endpoint_group(self, zone: str, name: str) -> None:
        """Remove a zone's network endpoint group."""
        self._delete(f"zones/{zone}/networkEndpointGroups/{name}")

    def _found(self, path: str) -> dict[str, Any] | None:
        try:
            return self._get(f"{COMPUTE}/projects/{self._project}/{path}", f"looking at {path}")
        except NotFound:
            return None

    def _listed(self, collection: str) -> Iterator[dict[str, Any]]:
        url = f"{COMPUTE}/projects/{self._project}/global/{collection}"
        return self._pages("GET", url, f"listing {collection}", "items")

    def _everywhere(self, collection: str, wanted: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield all resources of a collection, each with its zone or region."""
        url = f"{COMPUTE}/projects/{self._project}/aggregated/{collection}"
        query = {"filter": wanted} if wanted else None
        for page in self._raw_pages("GET", url, f"listing {collection}", query):
            for scope, held in page.get("items", {}).items():
                for each in held.get(collection, ()):
                    yield scope, each
