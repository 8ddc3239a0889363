"""What GKE makes by itself for a cluster, from the moment it is known until it is gone.

Its networks for accelerators are told by their pools alone, and outlive them: so they are noted in the cluster's folder
before anything changes. They go once no pool of any cluster is said to use them, and Compute Engine refuses where
something else does.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.resources import leftover
from cluster_provision.errors import NotReady
from cluster_provision.readiness.polling import Poll

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.gcp.gke import Operation
    from cluster_provision.clouds.gcp.gke_remnants import GkeRemnants
    from cluster_provision.result import Leftover
    from cluster_provision.state.base import StateStore
    from cluster_provision.targets.gke.target import GkeTarget

FILE = "gke-networks.json"
NODE_POOL = "google_container_node_pool"
LONGEST_SECONDS = 3600.0
"""GKE gives up on machines after some 35 minutes; making a control plane takes less."""

MADE = "made by GKE"
VOLUME = "a volume of the cluster, kept for its data"

RESIZE = "SET_NODE_POOL_SIZE"
GIVEN_UP = ("CREATE_NODE_POOL", RESIZE)
"""Operations that wait for machines, which nobody waits for any more where an earlier run began them."""


class Remnants:
    """Those of one cluster."""

    def __init__(self, target: GkeTarget, compute: GkeRemnants) -> None:
        self._target = target
        self._compute = compute
        self._networks: set[str] = set()

    def remember(self, store: StateStore) -> None:
        """Write down the networks that GKE made for this cluster's pools, beside those known already."""
        if not store.exists():
            return
        noted = _noted(store.read(FILE))
        cluster = self._target.present()
        self._networks = noted | {name for pool in (cluster.pools if cluster else ()) for name in pool.networks}
        if self._networks != noted:
            self._write(store)

    def wait_for_operations(self, store: StateStore, tell: Callable[[str], None]) -> None:
        """Return once nothing is under way: Terraform would wait for it in its own way, and not as long.

        What an earlier run may have begun is given up; what somebody else does with the cluster is waited for.
        """
        judged: set[str] = set()
        poll = Poll(LONGEST_SECONDS)
        target = self._target
        while poll.next():
            with poll.bearing_outages(tell):
                running = target.gke.under_way(target.region, target.name) if target.present() else []
                if not running:
                    return
                for each in running:
                    if each.name not in judged and self._given_up(each, store):
                        target.gke.cancel(target.region, each.name)
                    judged.add(each.name)
                first = running[0]
                tell(f"GKE is still busy with {first.target} ({first.kind.lower().replace('_', ' ')})")
        raise NotReady(
            f"GKE has been busy with cluster {target.name} for {poll.elapsed / 60:.0f} minutes",
            "See what it does, and then run the same command again:\n"
            f"  gcloud container operations list --project={target.settings.project_id} --location={target.region}",
        )

    def _given_up(self, operation: Operation, store: StateStore) -> bool:
        """Whether it makes or resizes a pool of this tool's. Where GKE scales a pool, no run of it ever does."""
        if operation.kind not in GIVEN_UP:
            return False
        held = store.facts().of_kind(NODE_POOL) if store.exists() else ()
        ours = self._target.wanted_nodes.keys() | {str(each.attributes.get("name", "")) for each in held}
        pool = self._target.pools.get(operation.target)
        resized_by_gke = operation.kind == RESIZE and pool is not None and pool.node_count is None
        return operation.target in ours and not resized_by_gke

    def sweep(self, store: StateStore, say: Callable[[str], None]) -> bool:
        """Remove what nobody uses any more; returns whether anything was removed."""
        self.remember(store)
        removed = self._sweep_networks(store, say)
        if self._target.present() is None:
            removed = self._sweep_rules(say) or removed
            removed = self._sweep_endpoint_groups(say) or removed
        return removed

    def left(self, *, held: bool = False) -> list[Leftover]:
        """What is still there: the cluster itself, or else what it left; `held`: the state has the cluster."""
        target = self._target
        project = f"projects/{target.settings.project_id}"
        if target.present(held=held) is not None:
            return [leftover(f"{project}/locations/{target.region}/clusters/{target.name}")]
        networks = self._compute.networks_there(sorted(self._networks))
        return [
            *(leftover(f"{project}/global/networks/{name}", MADE) for name in networks),
            *(leftover(f"{project}/global/firewalls/{name}", MADE) for name in self._compute.rules_of(target.name)),
            *(leftover(disk, VOLUME) for disk in self._compute.disks_of(target.name, target.region)),
        ]

    def _sweep_networks(self, store: StateStore, say: Callable[[str], None]) -> bool:
        unused = self._networks - self._used()
        gone = {name for name in sorted(unused) if self._compute.remove_network(name)}
        for name in sorted(gone):
            say(f"  removed network {name}, which GKE had made for a node pool")
        if gone:
            self._networks -= gone
            self._write(store)
        return bool(gone)

    def _used(self) -> set[str]:
        """Networks that pools of any cluster in the project have now."""
        if not self._networks:
            return set()
        return {name for cluster in self._target.gke.clusters() for pool in cluster.pools for name in pool.networks}

    def _sweep_rules(self, say: Callable[[str], None]) -> bool:
        rules = self._compute.rules_of(self._target.name)
        for name in rules:
            self._compute.remove_rule(name)
            say(f"  removed firewall rule {name}, which GKE had left")
        return bool(rules)

    def _sweep_endpoint_groups(self, say: Callable[[str], None]) -> bool:
        """In the cluster's own network they are of its services, unless somebody put another cluster there."""
        network = f"{self._target.settings.name_prefix}-dpl-net"
        if not self._compute.networks_there([network]):
            return False
        if any(cluster.network == network for cluster in self._target.gke.clusters()):
            return False
        groups = self._compute.endpoint_groups_in(network)
        for zone, name in groups:
            self._compute.remove_endpoint_group(zone, name)
            say(f"  removed network endpoint group {name}, which a service of the cluster had left")
        return bool(groups)

    def _write(self, store: StateStore) -> None:
        store.write(FILE, json.dumps({"schema": 1, "networks": sorted(self._networks)}) + "\n")


def _noted(text: str | None) -> set[str]:
    try:
        return {str(name) for name in json.loads(text or "{}").get("networks", ())}
    except (ValueError, AttributeError):
        return set()
