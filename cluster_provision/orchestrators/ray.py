"""A Ray cluster on the nodes: they learn its head, and each says by itself that it has joined."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import NotReady
from cluster_provision.readiness.polling import Poll
from cluster_provision.readiness.ray import ray_cluster, wait_for_ray
from cluster_provision.result import Check, ConnectionPart
from cluster_provision.stage import Stage

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError
    from cluster_provision.orchestrators.base import Machines
    from cluster_provision.stage import Site

PORT = 26379
"""Where the head listens for the others: the old tool's, which is not Ray's own."""

DASHBOARD_PORT = 8265
SAMPLE = "ray_all_nodes.py"
HEAD_FILE = "files/ray-head.json"
HEAD_SCHEMA = 1


class Ray:
    """ORCHESTRATOR_TYPE=ray."""

    name = "ray"
    has_head = True

    def before_nodes(self, machines: Machines) -> tuple[Stage, ...]:
        """The nodes wait for the name of their head."""
        wait = partial(write_head, machines)
        return (
            Stage("orchestrator", wait, None, "the stage ray says whether the nodes follow their head", folded=True),
        )

    def after_nodes(self, machines: Machines) -> tuple[Stage, ...]:
        """Every node joins."""
        return (Stage("ray", partial(wait_until_joined, machines), partial(look_at_ray, machines)),)

    def node_config(self) -> dict[str, Any]:
        """Where the head listens."""
        return {"ray": {"port": PORT}}

    def connection(self, machines: Machines, site: Site) -> tuple[ConnectionPart, ...]:
        """The head, Ray's state, its dashboard through a tunnel, and how to submit a job; nothing without a head."""
        head = machines.head(site.result.nodes)
        if head is None:
            return ()
        shell = machines.shell(head, site)
        told = {
            "head": head.name,
            "status": shell.command("ray status"),
            "dashboard_tunnel": shell.tunnel(DASHBOARD_PORT),
            "dashboard": f"http://localhost:{DASHBOARD_PORT}/",
            "submit": shell.command(f"ray job submit -- python3 {machines.samples}/{SAMPLE}"),
        }
        text = (
            f"Ray runs on all nodes, its head on {head.name}. Its state:\n  {told['status']}\n"
            f"A job for it:\n  {told['submit']}\n"
            f"A tunnel to its dashboard, and then the link:\n  {told['dashboard_tunnel']}\n  {told['dashboard']}"
        )
        return (ConnectionPart("ray", told, text),)


def write_head(machines: Machines, site: Site) -> None:
    """Write down who is the head, and where the others reach it: the nodes wait for that."""
    head = machines.find_head(site)
    found = {"schema": HEAD_SCHEMA, "name": head.name, "address": head.address}
    site.store.write(HEAD_FILE, json.dumps(found) + "\n")
    site.progress.conclude(f"ray, head {head.name}")


def wait_until_joined(machines: Machines, site: Site) -> None:
    """Wait until every node says that it is in the Ray cluster which the head runs now."""
    nodes = site.result.nodes
    head = machines.head(nodes)
    if head is None:
        raise _no_head()
    poll = Poll(machines.settings.ready_timeout * 60)
    cluster = wait_for_ray(nodes, head.name, site.store, poll, site.progress.update)
    site.result.checks.append(Check("ray", "ok", cluster.text()))
    site.progress.conclude(cluster.text())


def look_at_ray(machines: Machines, site: Site) -> ProvisionError | None:
    """Whether every node is in the Ray cluster that the head runs now; unknown while not all of them are ready."""
    nodes = site.result.nodes
    if not nodes or any(node.status != "ready" for node in nodes):
        site.result.checks.append(Check("ray", "unknown", "not every node is ready"))
        return None
    head = machines.head(nodes)
    if head is None:
        site.result.checks.append(Check("ray", "failed", "no head"))
        return _no_head()
    cluster = ray_cluster(nodes, head.name, site.store)
    site.result.checks.append(Check("ray", "failed" if cluster.missing else "ok", cluster.text()))
    if not cluster.missing:
        return None
    return NotReady(
        f"these nodes are not in the Ray cluster of {head.name}: {cluster.missing_text()}",
        "They go on trying; docs/ray.md says where a node tells why.",
    )


def _no_head() -> NotReady:
    return NotReady("the cluster has no Ray head: it was made without Ray", "Run Create to have Ray on it.")
