"""The stages of a GKE cluster: pools that run with all their machines, and a control plane that answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.gke import RUNNING
from cluster_provision.clouds.problems import error_of
from cluster_provision.errors import NotReady, ProvisionError
from cluster_provision.readiness.gke.kubernetes import prove_control_plane, wait_for_kubernetes, within_vpc
from cluster_provision.readiness.gke.node_pools import explained, wait_for_pools
from cluster_provision.readiness.group_problems import summary, unfilled
from cluster_provision.readiness.polling import Poll
from cluster_provision.result import Check
from cluster_provision.stage import Stage
from cluster_provision.targets.gke.watch import GkeWatch

if TYPE_CHECKING:
    from cluster_provision.readiness.gke.node_pools import Sight
    from cluster_provision.readiness.group_problems import Problem
    from cluster_provision.stage import Site
    from cluster_provision.targets.gke.target import GkeTarget

CONTROL_PLANE_SECONDS = 300.0
"""A name that was just made is known everywhere within minutes."""

ONE_LOOK = 0.0


def stages(target: GkeTarget) -> tuple[Stage, ...]:
    """The stages, in their order."""
    pools = PoolsStage(target)
    plane = ControlPlaneStage(target, pools)
    return (
        Stage("node pools", pools.wait, pools.look),
        Stage("control plane", plane.wait, plane.look),
        Stage("networks of GKE", partial(tidy, target), None, "what is not used any more costs nothing", folded=True),
    )


class PoolsStage:
    """The cluster and its pools; `sight` is what the last look saw, None before it or where there is no cluster."""

    def __init__(self, target: GkeTarget) -> None:
        self.sight: Sight | None = None
        self._target = target

    def wait(self, site: Site) -> None:
        """Wait until GKE says that all of it runs."""
        watch = GkeWatch(self._target, site.say)
        poll = Poll(self._target.settings.ready_timeout * 60)
        sight = wait_for_pools(watch.look, poll, site.progress.update)
        self._keep(sight, site)
        scaled = [pool.name for pool in sight.cluster.pools if pool.scaled]
        more = f"; GKE scales {', '.join(scaled)} as pods need it" if scaled else ""
        site.progress.conclude(f"{len(sight.cluster.pools)} run, with {len(sight.nodes)} nodes{more}")

    def look(self, site: Site) -> ProvisionError | None:
        """See the cluster and its pools once, and add a check of each."""
        target = self._target
        watch = GkeWatch(target, site.say)
        sight = watch.see()
        if sight is None:
            return NotReady(f"there is no GKE cluster {target.name} in {target.region}", "Create makes one.")
        self._keep(sight, site)
        return _check(site, sight, watch.problems(sight))

    def _keep(self, sight: Sight, site: Site) -> None:
        self.sight = sight
        site.result.nodes = sight.nodes
        site.result.connection = self._target.connection(sight.cluster)


class ControlPlaneStage:
    """The control plane of the cluster that `pools` has seen, asked by its name where it has one."""

    def __init__(self, target: GkeTarget, pools: PoolsStage) -> None:
        self._target = target
        self._pools = pools

    def wait(self, site: Site) -> None:
        """Ask the control plane itself, where it may be asked from here, until it knows every node."""
        target, sight = self._target, self._pools.sight
        if sight is None or not sight.cluster.open_by_name:
            proven = within_vpc()
            site.result.checks.append(proven)
            site.progress.conclude(f"unknown: {proven.detail}")
            return
        host = sight.cluster.name_endpoint
        proven = prove_control_plane(target.session, host, Poll(CONTROL_PLANE_SECONDS), site.progress.update)
        site.result.checks.append(proven)
        if proven.status == "ok":
            poll = Poll(target.settings.ready_timeout * 60)
            nodes = wait_for_kubernetes(target.session, host, _gpus(target, sight), poll, site.progress.update)
            site.result.checks.append(nodes)
            site.progress.conclude(f"{proven.detail}; nodes: {nodes.detail}")
        else:
            site.progress.conclude(f"{proven.status}: {proven.detail}")

    def look(self, site: Site) -> ProvisionError | None:
        """Ask the control plane once."""
        sight = self._pools.sight
        if sight is None:
            return None
        if not sight.cluster.open_by_name:
            site.result.checks.append(within_vpc())
            return None
        try:
            host = sight.cluster.name_endpoint
            proven = prove_control_plane(self._target.session, host, Poll(ONE_LOOK), lambda _: None)
        except NotReady as failure:
            site.result.checks.append(Check("control plane", "failed", failure.message))
            return failure
        site.result.checks.append(proven)
        return None


def tidy(target: GkeTarget, site: Site) -> None:
    """Note the networks that GKE made, and remove those of pools that are gone."""
    removed = target.sweep(site.store, site.say)
    site.progress.conclude("removed what is not used any more" if removed else "nothing to remove")


def _check(site: Site, sight: Sight, problems: list[Problem]) -> ProvisionError | None:
    cluster = sight.cluster
    state = f"{cluster.status.lower()}, version {cluster.version}"
    site.result.checks.append(Check("GKE", "ok" if cluster.status == RUNNING else "failed", state))
    missing = "; ".join(sight.missing())
    pools = missing or f"{len(cluster.pools)} run, with {len(sight.nodes)} nodes"
    site.result.checks.append(Check("node pools", "failed" if missing else "ok", pools))
    if sight.whole:
        return None
    message = "; ".join(each for each in (missing or cluster.status, summary(problems)) if each)
    failure = error_of(unfilled(problems), f"cluster {cluster.name}: {message}", "Create run again waits for them.")
    return explained(failure, cluster)


def _gpus(target: GkeTarget, sight: Sight) -> dict[str, int]:
    """How many GPUs each node is to have, by the nodes' names."""
    pools = target.pools
    return {
        machine.name: pools[pool].accelerator_count if pool in pools else 0
        for pool, machines in sight.machines.items()
        for machine in machines
    }
