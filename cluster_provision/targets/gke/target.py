"""What the parts of a GKE target know of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.auth.transport.requests import AuthorizedSession

    from cluster_provision import result
    from cluster_provision.clouds.gcp.cloud import Gcp
    from cluster_provision.clouds.gcp.gke import Gke, GkeCluster
    from cluster_provision.result import Connection
    from cluster_provision.settings import GcpSettings
    from cluster_provision.state.base import StateStore
    from cluster_provision.targets.gke.pools import Pool


class GkeTarget(Protocol):
    """A cluster of GKE's with its node pools."""

    name: str

    @property
    def settings(self) -> GcpSettings:
        """The settings."""

    @property
    def cluster(self) -> result.Cluster:
        """Which cluster the settings name."""

    @property
    def region(self) -> str:
        """Where the control plane is."""

    @property
    def cloud(self) -> Gcp:
        """Google Cloud, with the credentials of `sign_in`."""

    @property
    def gke(self) -> Gke:
        """Kubernetes Engine, with the credentials of `sign_in`."""

    @property
    def session(self) -> AuthorizedSession:
        """Calls with the credentials of `sign_in`."""

    @property
    def pools(self) -> dict[str, Pool]:
        """The pools that the settings ask for, without the system's own."""

    @property
    def wanted_nodes(self) -> dict[str, int]:
        """How many nodes each pool is to have at least, by its name."""

    def present(self, *, held: bool = False) -> GkeCluster | None:
        """The cluster as it is now; `held`: the state has one, so that GKE's being off is no answer."""

    def connection(self, cluster: GkeCluster) -> Connection:
        """How to connect."""

    def sweep(self, store: StateStore, say: Callable[[str], None]) -> bool:
        """Remove what GKE made for this cluster and no longer needs; returns whether anything was removed."""
