"""Terraform's state after it was stopped while GKE was at work.

The provider then notes the operation's name, and waits for it before it looks at anything; one that has failed fails
that look, and stays in the state (resource_container_node_pool.go and resource_container_cluster.go of provider google
7.45.0: the name is cleared in memory only). So it has to be cleared here, and the failure to be noted in Terraform's
own way, as it is where Terraform wasn't stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.gke import FAILED
from cluster_provision.state.base import operation_of

if TYPE_CHECKING:
    from cluster_provision.clouds.gcp.gke import GkeCluster


def mend(instance: dict[str, Any], cluster: GkeCluster | None) -> bool:
    """Correct a cluster or a pool; returns whether anything was wrong. Terraform itself finds what is missing."""
    if not operation_of(instance):
        return False
    attributes = instance["attributes"]
    attributes["operation"] = ""
    if "remove_default_node_pool" in attributes:  # GKE makes it first, and the provider no longer got to removing it
        attributes["remove_default_node_pool"] = False
    there = [(cluster.name, cluster.status), *((p.name, p.status) for p in cluster.pools)] if cluster else []
    if any(name == attributes.get("name") and status in FAILED for name, status in there):
        instance["status"] = "tainted"
    return True
