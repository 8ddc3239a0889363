"""Rules for a GKE cluster's node pools that come from GKE's own limits: their sizes, names and networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import machine_type
from cluster_provision.settings.draft import Draft, RuleResult

if TYPE_CHECKING:
    from cluster_provision.settings.gcp.settings import GcpSettings

MOST_ON_DEFAULT_NETWORK = 1008
"""GKE gives a cluster without ranges of its own a /14 for pods, and each node a /24 of it; upgrades need some too."""

_WITH_NETWORKS = ("tcpxo", "rdma")


def takes_accelerator_network(kind: str) -> bool:
    """Whether GKE makes the networks that this machine type's further cards need (accelerator network profile).

    A3 Mega, A3 Ultra and A4 by the documents on automated networking for accelerator VMs of 2026-04-20, A3 Edge by the
    provider's own test of 7.45.0. A4X needs more than networks, which this version doesn't set up.
    """
    return machine_type(kind).layout in _WITH_NETWORKS or kind.startswith("a3-edgegpu-")


def pool_sizes(draft: Draft) -> RuleResult:
    """Check that equal pools have a size, and that the network has room for all nodes."""
    fields = ("gke_node_pool_count", "gke_node_count_per_node_pool", "gke_max_node_count", "custom_node_pool")
    if draft.orchestrator != "gke" or not draft.good(*fields):
        return RuleResult()
    s = draft.settings
    problems = []
    if s.gke_node_pool_count and not (s.gke_node_count_per_node_pool or s.gke_max_node_count):
        problems.append(
            f"GKE_NODE_POOL_COUNT={s.gke_node_pool_count} needs the pools' size: GKE_NODE_COUNT_PER_NODE_POOL for a "
            "fixed one, or GKE_MIN_NODE_COUNT and GKE_MAX_NODE_COUNT"
        )
    nodes = _most_nodes(s)
    if s.network_config == "default_network" and nodes > MOST_ON_DEFAULT_NETWORK:
        problems.append(
            f"{nodes} nodes are more than the {MOST_ON_DEFAULT_NETWORK} that GKE's ranges on the default network hold; "
            "NETWORK_CONFIG=new_network has room for 4,000"
        )
    return RuleResult(tuple(problems))


def pool_names(draft: Draft) -> RuleResult:
    """Refuse a pool with the name of the tool's own."""
    if draft.orchestrator != "gke" or not draft.good("custom_node_pool", "name_prefix"):
        return RuleResult()
    own = f"{draft.settings.name_prefix}-system"
    if all(pool.name != own for pool in draft.settings.custom_node_pool):
        return RuleResult()
    return RuleResult((f"CUSTOM_NODE_POOL: {own} is the name of the pool that the tool makes for GKE's own pods",))


def pool_networks(draft: Draft) -> RuleResult:
    """Allow further networks only for the machine types that GKE makes them for."""
    fields = ("network_config", "vm_type", "custom_node_pool", "gke_node_pool_count")
    if draft.orchestrator != "gke" or not draft.good(*fields):
        return RuleResult()
    s = draft.settings
    kinds = list(dict.fromkeys(pool.machine_type for pool in s.custom_node_pool))
    kinds = kinds or ([s.vm_type] if s.gke_node_pool_count else [])
    taking = [kind for kind in kinds if takes_accelerator_network(kind)]
    if s.network_config != "multi_nic_network":
        return RuleResult(
            notes=tuple(
                f"{kind} has network cards for its GPUs, which stay unused with NETWORK_CONFIG={s.network_config}; "
                "with multi_nic_network, GKE makes networks for them"
                for kind in taking
            )
        )
    if taking:
        return RuleResult()
    named = f"{', '.join(kinds)} is none of them" if kinds else "no pool has one"
    return RuleResult(
        (
            "NETWORK_CONFIG=multi_nic_network: GKE makes networks for the further cards of A3 Mega, A3 Ultra, A4 and "
            f"A3 Edge machines, and {named}; use new_network",
        )
    )


def _most_nodes(s: GcpSettings) -> int:
    if s.custom_node_pool:
        return sum(pool.node_count for pool in s.custom_node_pool)
    return s.gke_node_pool_count * max(s.gke_node_count_per_node_pool, s.gke_max_node_count)
