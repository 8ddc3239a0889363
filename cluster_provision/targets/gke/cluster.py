"""CLOUD=gcp with ORCHESTRATOR_TYPE=gke: a private GKE cluster with node pools of GPU machines."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.machine_types import machine_type
from cluster_provision.checks.base import Finding
from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.gke import Gke
from cluster_provision.clouds.gcp.gke_remnants import GkeRemnants
from cluster_provision.clouds.gcp.resources import deletion_order
from cluster_provision.errors import CANNOT_LOOK, NotReady, PermissionDenied, SettingsError
from cluster_provision.result import Check, Connection, KubectlAccess
from cluster_provision.targets.base import Decided, Remains
from cluster_provision.targets.gcp.account import no_account
from cluster_provision.targets.gcp.default_network import Additions, additions_for
from cluster_provision.targets.gcp.leftovers import leftovers
from cluster_provision.targets.gcp.shell import GcloudShell
from cluster_provision.targets.gcp.target import GcpTarget
from cluster_provision.targets.gke.account import choose_gke_account
from cluster_provision.targets.gke.mending import mend
from cluster_provision.targets.gke.pools import Pool, needs_system_pool, pools_of
from cluster_provision.targets.gke.remnants import Remnants
from cluster_provision.targets.gke.stages import stages
from cluster_provision.targets.gke.version import Asked, asked_before, choose_version
from cluster_provision.targets.gke.watch import GkeWatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.auth.transport.requests import AuthorizedSession

    from cluster_provision.clouds.gcp.gke import GkeCluster
    from cluster_provision.settings import GcpSettings
    from cluster_provision.stage import Stage
    from cluster_provision.state.base import StateFacts, StateStore
    from cluster_provision.targets.base import Copied

VERSION = "GKE version"
GKE_CLUSTER = "google_container_cluster"
ANY_VERSION = Asked("", "REGULAR")


@dataclass(frozen=True)
class GkeDecided(Decided):
    """`account` is the nodes' service account, empty for one that Terraform makes. `multi_networking`: the cluster has
    networks for accelerators, which it keeps."""

    account: str = ""
    version: Asked = ANY_VERSION
    additions: Additions = field(default_factory=Additions)
    multi_networking: bool = False


class GcpGke(GcpTarget[GkeDecided]):
    """The cluster that `settings` describe: its control plane in the region, its pools in single zones."""

    module = "gcp/gke"

    def __init__(self, settings: GcpSettings) -> None:
        super().__init__(settings, "gke")
        self.name = f"{settings.name_prefix}-gke"

    @cached_property
    def gke(self) -> Gke:
        """Kubernetes Engine, with the credentials of `sign_in`."""
        return Gke(self.session, self.settings.project_id)

    @cached_property
    def remnants(self) -> Remnants:
        """The resources that GKE makes by itself, and may leave behind."""
        return Remnants(self, GkeRemnants(self.session, self.settings.project_id))

    @property
    def session(self) -> AuthorizedSession:
        """Calls with the credentials of `sign_in`."""
        assert self._session is not None, "sign_in comes first"  # noqa: S101
        return self._session

    @property
    def pools(self) -> dict[str, Pool]:
        """The pools that the settings ask for, without the system's own."""
        return pools_of(self.settings, self.zone, self._local_ssds)

    @property
    def wanted_nodes(self) -> dict[str, int]:
        """How many nodes each pool is to have at least, by its name."""
        pools = self.pools
        system = {f"{self.settings.name_prefix}-system": 1} if needs_system_pool(pools) else {}
        return system | {name: pool.least for name, pool in pools.items()}

    def stages(self, decided: GkeDecided | None) -> tuple[Stage, ...]:
        """Pools full, the control plane answering, nothing of GKE's left over."""
        return stages(self)

    def present(self, *, held: bool = False) -> GkeCluster | None:
        """The cluster as it is now; `held`: the state has one, so that GKE's being off is no answer."""
        return self.gke.cluster(self.region, self.name, held=held)

    def preflight(self, store: StateStore, facts: StateFacts) -> tuple[Finding, GkeDecided | None]:
        """Look at all that can be looked at; decide the version and the nodes' service account."""
        found = self.look(store, facts)
        if found.failures:
            return found, None
        cluster = self.present()
        try:
            version = self._choose_version(facts.outputs, cluster)
        except SettingsError as refused:
            return found + Finding((Check(VERSION, "failed", refused.problems[0]),), (refused,)), None
        except CANNOT_LOOK as unseen:  # no cluster can be made of a version that nobody knows
            return found + Finding((Check(VERSION, "unknown", unseen.message),), (unseen,)), None
        more = f", the control plane has {cluster.version}" if cluster else ""
        row = f"{version.version or 'the default'} of channel {version.channel}{more}"
        found += Finding((Check(VERSION, "ok", row),))
        try:
            account, chosen = choose_gke_account(self, facts)
        except PermissionDenied as refused:
            return found + no_account(refused), None
        additions, network = additions_for(self.settings, self.region, self.cloud)
        decided = GkeDecided(
            account=account,
            version=version,
            additions=additions,
            multi_networking=bool(cluster and cluster.many_networks),
        )
        return found + chosen + network, decided

    def _choose_version(self, outputs: dict[str, str], cluster: GkeCluster | None) -> Asked:
        versions = partial(self.gke.versions, self.region)
        return choose_version(self.settings.gke_version, versions, cluster, asked_before(outputs, cluster))

    def undecided(self, store: StateStore) -> GkeDecided:
        """The account that the settings name, and nothing besides."""
        return GkeDecided(account=self.settings.service_account or "")

    def variables(self, decided: GkeDecided, store: StateStore, copied: Copied) -> dict[str, Any]:
        """The variables of terraform/gcp/gke. Nodes take no files: what pods need, they bring."""
        s, pools = self.settings, self.pools
        return {
            "project_id": s.project_id,
            "region": self.region,
            "zone": self.zone,
            "name_prefix": s.name_prefix,
            "labels": self.labels,
            "metadata": s.metadata,
            "network_config": s.network_config,
            "multi_networking": s.network_config == "multi_nic_network" or decided.multi_networking,
            "service_account": decided.account,
            "default_network_nat": decided.additions.nat,
            "default_network_iap": decided.additions.iap,
            "default_subnetwork": decided.additions.subnetwork,
            "kubernetes_version": decided.version.version,
            "release_channel": decided.version.channel,
            "dns_endpoint": s.gke_dns_endpoint,
            "system_pool": needs_system_pool(pools),
            "node_pools": {name: pool.variables() for name, pool in pools.items()},
        }

    def watch(self, say: Callable[[str], None]) -> GkeWatch:
        """Look at the pools while Terraform waits for them."""
        return GkeWatch(self, say)

    def settle(self, store: StateStore, show: Callable[[str], None]) -> None:
        """Wait until GKE has ended what an earlier run began, and note which networks are its own."""
        self.remnants.remember(store)
        self.remnants.wait_for_operations(store, show)

    def mend(self, kind: str, instance: dict[str, Any]) -> bool:
        """Have Terraform wait for no operation any more, and make anew what GKE has given up on."""
        return mend(instance, self.present())

    def sweep(self, store: StateStore, say: Callable[[str], None]) -> bool:
        """Remove what GKE made for this cluster and no longer needs; returns whether anything was removed."""
        removed = super().sweep(store, say)
        return self.remnants.sweep(store, say) or removed

    def connection(self, cluster: GkeCluster) -> Connection:
        """How to connect: gcloud's line that sets kubectl up."""
        place = f"--location={cluster.location} --project={self.settings.project_id}"
        how = "--dns-endpoint" if cluster.open_by_name else "--internal-ip"
        access = KubectlAccess(
            get_credentials=f"gcloud container clusters get-credentials {cluster.name} {place} {how}",
            control_plane=cluster.name_endpoint if cluster.open_by_name else cluster.address,
            within_vpc_only=not cluster.open_by_name,
            network=cluster.network,
        )
        return Connection(kubectl=access)

    def way_in(self, node: str) -> tuple[str, ...]:
        """gcloud's line that sets kubectl up; for a node by name, ssh to it through IAP."""
        sight = self.watch(lambda _: None).see()
        if sight is None:
            raise NotReady(f"there is no GKE cluster {self.name} in {self.region}", "Run Create first.")
        if not node:
            kubectl = self.connection(sight.cluster).kubectl
            return tuple(shlex.split(kubectl.get_credentials)) if kubectl else ()
        found = next((each for each in sight.nodes if each.name == node), None)
        if found is None:
            names = ", ".join(each.name for each in sight.nodes)
            raise SettingsError((f"there is no node {node!r}; the nodes are {names}",), "Name one of them, or none.")
        return GcloudShell(node, self.settings.project_id, found.zone).words()

    def leftovers(self, facts: StateFacts) -> Remains:
        """The cluster itself, what carries its label or name, and what GKE made for it."""
        found = leftovers(self, facts)
        try:
            left = self.remnants.left(held=GKE_CLUSTER in facts.kinds)
        except CANNOT_LOOK as failure:
            return Remains(found.found, (*found.unseen, failure))
        return Remains(tuple(deletion_order([*found.found, *left])), found.unseen)

    def _local_ssds(self, zone: str, kind: str) -> int:
        """How many local disks a machine type brings. Where the look is refused, this version's table says it, and the
        check of machine types is "unknown"."""
        try:
            facts = self.catalogue.machine_type(zone, kind)
        except (*CANNOT_LOOK, NotFound):
            return machine_type(kind).local_ssds
        return facts.local_ssds if facts else 0
