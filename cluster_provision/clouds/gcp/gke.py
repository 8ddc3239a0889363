"""Kubernetes Engine: clusters with their node pools, the offered versions, and operations under way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.api import CONTAINER, GoogleApi, Refusal, require_whole
from cluster_provision.clouds.gcp.resources import name_of
from cluster_provision.errors import Interrupted, ProvisionError, Unreachable

MANAGER = re.compile(r"projects/[^/]+/zones/([^/]+)/instanceGroupManagers/([^/]+)")
RUNNING = "RUNNING"
FAILED = ("ERROR", "DEGRADED", "RUNNING_WITH_ERROR")


@dataclass(frozen=True)
class GkePool:
    """A node pool: `groups` are its managed instance groups, by zone and name; `message` explains `status`.

    `conditions` are the problems of the pool, each as "<code>: <message>". `scaled`: GKE chooses the number of nodes.
    `networks` are the names of the networks that GKE itself made for it (accelerator network profile).
    """

    name: str
    status: str
    message: str = ""
    groups: tuple[tuple[str, str], ...] = ()
    conditions: tuple[str, ...] = ()
    scaled: bool = False
    networks: tuple[str, ...] = ()


@dataclass(frozen=True)
class GkeCluster:
    """A cluster: `version` is the control plane's, `first_version` the one it was made with.

    `name_endpoint` is the control plane's host name, which works from outside the VPC with `open_by_name`; `address`
    works within the VPC. `many_networks`: nodes may have several networks.
    """

    name: str
    location: str
    status: str
    message: str
    version: str
    first_version: str
    channel: str
    name_endpoint: str
    open_by_name: bool
    address: str
    network: str
    many_networks: bool
    pools: tuple[GkePool, ...]


@dataclass(frozen=True)
class Operation:
    """An operation: `kind` is the API's word (`CREATE_NODE_POOL`), `target` the pool's or cluster's name."""

    name: str
    kind: str
    target: str


@dataclass(frozen=True)
class Versions:
    """The versions that a location offers, newest first: `every` version, and those of each channel."""

    every: tuple[str, ...]
    channels: dict[str, tuple[str, ...]]


class Gke(GoogleApi):
    """Asks about one project. Only `cancel` changes something."""

    def cluster(self, location: str, name: str, *, held: bool = False) -> GkeCluster | None:
        """Return the cluster, or None where there is none, or where GKE is off in the project.

        `held`: the state holds one, so that off is no answer: a service can be switched off by force.
        """
        found = self._ask("GET", f"{self._place(location)}/clusters/{name}", f"looking at cluster {name}")
        if not isinstance(found, Refusal):
            return _cluster(found)
        if found.status == HTTPStatus.NOT_FOUND or (self._off_here(found) and not held):
            return None
        raise self._error_of(found)

    def clusters(self) -> list[GkeCluster]:
        """Return all clusters of the project.

        Raises Unreachable where a zone doesn't answer: the list lacks its clusters.
        """
        found = self._get(f"{self._place('-')}/clusters", "listing clusters")
        require_whole(found, "listing clusters")
        return [_cluster(each) for each in found.get("clusters", ())]

    def versions(self, location: str) -> Versions:
        """Return the versions that a location offers. Raises Unreachable for an answer that has none."""
        doing = f"looking up GKE's versions in {location}"
        found = self._get(f"{self._place(location)}/serverConfig", doing)
        channels = {str(each["channel"]): tuple(each.get("validVersions", ())) for each in found.get("channels", ())}
        every = tuple(found.get("validMasterVersions", ()))
        if not every:
            raise Unreachable(f"{doing}: the answer names none", "Run the same command again later.")
        return Versions(every, channels)

    def under_way(self, location: str, name: str) -> list[Operation]:
        """Return the operations on the cluster and its pools that have not ended.

        Raises Unreachable where a zone doesn't answer: the list lacks its operations.
        """
        doing = f"looking at what GKE does in {location}"
        found = self._get(f"{self._place(location)}/operations", doing)
        require_whole(found, doing)
        about = re.compile(rf"/clusters/{re.escape(name)}(/nodePools/(?P<pool>[^/]+))?$")
        running = []
        for each in found.get("operations", ()):
            target = about.search(str(each.get("targetLink", "")))
            if target and each.get("status") != "DONE":
                running.append(Operation(str(each["name"]), str(each.get("operationType", "")), target["pool"] or name))
        return running

    def cancel(self, location: str, operation: str) -> bool:
        """Ask GKE to cancel an operation, and return whether it agrees. It agrees for some kinds only."""
        url = f"{self._place(location)}/operations/{operation}:cancel"
        try:
            self._call("POST", url, "cancelling an operation", {})
        except Interrupted:
            raise
        except (NotFound, ProvisionError):  # whatever keeps it from being cancelled, it is waited for
            return False
        return True

    def _place(self, location: str) -> str:
        return f"{CONTAINER}/projects/{self._project}/locations/{location}"


def _cluster(found: dict[str, Any]) -> GkeCluster:
    endpoints = found.get("controlPlaneEndpointsConfig") or {}
    by_name = endpoints.get("dnsEndpointConfig") or {}
    by_address = endpoints.get("ipEndpointsConfig") or {}
    return GkeCluster(
        name=str(found["name"]),
        location=str(found.get("location", "")),
        status=str(found.get("status", "")),
        message=str(found.get("statusMessage", "")),
        version=str(found.get("currentMasterVersion", "")),
        first_version=str(found.get("initialClusterVersion", "")),
        channel=str((found.get("releaseChannel") or {}).get("channel", "")),
        name_endpoint=str(by_name.get("endpoint", "")),
        open_by_name=bool(by_name.get("allowExternalTraffic")),
        address=str(by_address.get("privateEndpoint") or found.get("endpoint", "")),
        network=name_of(str((found.get("networkConfig") or {}).get("network", ""))),
        many_networks=bool((found.get("networkConfig") or {}).get("enableMultiNetworking")),
        pools=tuple(_pool(each) for each in found.get("nodePools", ())),
    )


def _pool(found: dict[str, Any]) -> GkePool:
    links = (MANAGER.search(url) for url in found.get("instanceGroupUrls", ()))
    network = found.get("networkConfig") or {}
    made = network.get("additionalNodeNetworkConfigs", ()) if network.get("acceleratorNetworkProfile") else ()
    return GkePool(
        name=str(found["name"]),
        status=str(found.get("status", "")),
        message=str(found.get("statusMessage", "")),
        groups=tuple((link[1], link[2]) for link in links if link),
        conditions=tuple(f"{each.get('code', '')}: {each.get('message', '')}" for each in found.get("conditions", ())),
        scaled=bool((found.get("autoscaling") or {}).get("enabled")),
        networks=tuple(dict.fromkeys(name_of(str(each["network"])) for each in made if each.get("network"))),
    )
