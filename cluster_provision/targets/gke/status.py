"""How a GKE cluster is now, in one look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.gke import RUNNING
from cluster_provision.clouds.problems import error_of
from cluster_provision.errors import NotReady, ProvisionError
from cluster_provision.readiness.gke.kubernetes import prove_control_plane, within_vpc
from cluster_provision.readiness.gke.node_pools import explained
from cluster_provision.readiness.group_problems import summary, unfilled
from cluster_provision.readiness.polling import Poll
from cluster_provision.result import Check
from cluster_provision.targets.gke.watch import GkeWatch

if TYPE_CHECKING:
    from cluster_provision.readiness.gke.node_pools import Sight
    from cluster_provision.readiness.group_problems import Problem
    from cluster_provision.stage import Site
    from cluster_provision.targets.gke.target import GkeTarget

ONE_LOOK = 0.0


def status(target: GkeTarget, site: Site) -> ProvisionError | None:
    """Fill in the nodes, how to connect, and a check for each thing looked at; what isn't as it should be."""
    watch = GkeWatch(target, site.say)
    sight = watch.see()
    if sight is None:
        return NotReady(f"there is no GKE cluster {target.name} in {target.region}", "Create makes one.")
    site.result.nodes = sight.nodes
    site.result.connection = target.connection(sight.cluster)
    failures = (_pools(site, sight, watch.problems(sight)), _control_plane(target, site, sight))
    return next((failure for failure in failures if failure), None)


def _pools(site: Site, sight: Sight, problems: list[Problem]) -> ProvisionError | None:
    cluster = sight.cluster
    told = f"{cluster.status.lower()}, version {cluster.version}"
    site.result.checks.append(Check("GKE", "ok" if cluster.status == RUNNING else "failed", told))
    missing = "; ".join(sight.missing())
    told = missing or f"{len(cluster.pools)} run, with {len(sight.nodes)} nodes"
    site.result.checks.append(Check("node pools", "failed" if missing else "ok", told))
    if sight.whole:
        return None
    message = "; ".join(each for each in (missing or cluster.status, summary(problems)) if each)
    failure = error_of(unfilled(problems), f"cluster {cluster.name}: {message}", "Create run again waits for them.")
    return explained(failure, cluster)


def _control_plane(target: GkeTarget, site: Site, sight: Sight) -> ProvisionError | None:
    if not sight.cluster.open_by_name:
        site.result.checks.append(within_vpc())
        return None
    try:
        host = sight.cluster.name_endpoint
        site.result.checks.append(prove_control_plane(target.session, host, Poll(ONE_LOOK), lambda _: None))
    except NotReady as failure:
        site.result.checks.append(Check("control plane", "failed", failure.message))
        return failure
    return None
