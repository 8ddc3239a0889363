"""A Ray cluster on the nodes, whatever the cloud: its head told to all, each one's word that it is in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from cluster_provision.errors import NotReady
from cluster_provision.readiness.polling import Poll
from cluster_provision.readiness.ray import ray_cluster, wait_for_ray
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError
    from cluster_provision.node import Node
    from cluster_provision.settings import Settings
    from cluster_provision.stage import Site

PORT = 26379
"""Where the head listens for the others: the old tool's, which is not Ray's own."""

DASHBOARD_PORT = 8265
HEAD_FILE = "files/ray-head.json"
HEAD_SCHEMA = 1


class RayTarget(Protocol):
    """A target on whose nodes Ray runs."""

    @property
    def settings(self) -> Settings:
        """The settings, of whatever cloud."""

    def head(self, nodes: list[Node]) -> Node:
        """The head among the nodes."""

    def has_head(self, nodes: list[Node]) -> bool:
        """Whether there is a head among the nodes."""


def write_head(site: Site, name: str, address: str) -> None:
    """Write down who is the head, and where the others reach it: the nodes wait for that."""
    told = {"schema": HEAD_SCHEMA, "name": name, "address": address}
    site.store.write(HEAD_FILE, json.dumps(told) + "\n")
    site.progress.conclude(f"ray, head {name}")


def wait_until_joined(target: RayTarget, site: Site) -> None:
    """Wait until every node says that it is in the Ray cluster which the head runs now."""
    nodes = site.result.nodes
    cluster = wait_for_ray(
        nodes,
        target.head(nodes).name,
        site.store,
        Poll(target.settings.ready_timeout * 60),
        site.progress.update,
    )
    site.result.checks.append(Check("ray", "ok", cluster.text()))
    site.progress.conclude(cluster.text())


def look_at_ray(target: RayTarget, site: Site) -> ProvisionError | None:
    """Whether every node is in the Ray cluster that the head runs now; all of them are ready."""
    if not target.has_head(site.result.nodes):
        site.result.checks.append(Check("ray", "failed", "no head"))
        return NotReady("the cluster has no Ray head: it was made without Ray", "Run Create to have Ray on it.")
    head = target.head(site.result.nodes).name
    cluster = ray_cluster(site.result.nodes, head, site.store)
    site.result.checks.append(Check("ray", "failed" if cluster.missing else "ok", cluster.text()))
    if not cluster.missing:
        return None
    return NotReady(
        f"these nodes are not in the Ray cluster of {head}: {cluster.missing_text()}",
        "They go on trying; docs/ray.md says where a node tells why.",
    )
