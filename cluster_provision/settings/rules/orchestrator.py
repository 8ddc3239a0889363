"""What must hold between the parameters of an orchestrator."""

from __future__ import annotations

from cluster_provision.settings.draft import Draft, Finding

_EQUAL_POOLS = {
    "gke_node_pool_count": "GKE_NODE_POOL_COUNT",
    "gke_node_count_per_node_pool": "GKE_NODE_COUNT_PER_NODE_POOL",
    "gke_min_node_count": "GKE_MIN_NODE_COUNT",
    "gke_max_node_count": "GKE_MAX_NODE_COUNT",
    "gke_enable_compact_placement": "GKE_ENABLE_COMPACT_PLACEMENT",
}


def node_pools(draft: Draft) -> Finding:
    """What must hold between the parameters of a GKE cluster."""
    if draft.orchestrator != "gke":
        return Finding()
    problems = []
    settings, given = draft.settings, draft.given
    equal = [name for field, name in _EQUAL_POOLS.items() if field in given]
    if "custom_node_pool" in given and equal:
        problems.append(f"CUSTOM_NODE_POOL and {', '.join(equal)} exclude each other; set the one or the others")
    if "instance_count" in given:
        problems.append(
            "INSTANCE_COUNT has no meaning with ORCHESTRATOR_TYPE=gke; the node pools' parameters size the cluster"
        )
    both = draft.good("gke_min_node_count", "gke_max_node_count")
    if both and settings.gke_min_node_count > settings.gke_max_node_count:
        least, most = settings.gke_min_node_count, settings.gke_max_node_count
        problems.append(f"GKE_MIN_NODE_COUNT={least} is more than GKE_MAX_NODE_COUNT={most}")
    if "gke_node_count_per_node_pool" in given:
        if draft.good("gke_node_pool_count") and settings.gke_node_pool_count == 0:
            problems.append("GKE_NODE_COUNT_PER_NODE_POOL needs GKE_NODE_POOL_COUNT, which is unset or 0")
        if {"gke_min_node_count", "gke_max_node_count"} & given:
            problems.append(
                "GKE_NODE_COUNT_PER_NODE_POOL replaces GKE_MIN_NODE_COUNT and GKE_MAX_NODE_COUNT; set it alone"
            )
    return Finding(tuple(problems))
