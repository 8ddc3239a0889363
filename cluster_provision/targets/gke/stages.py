"""What Create waits for on GKE: pools that run with all their machines, and a control plane that answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.readiness.gke.kubernetes import prove_control_plane, wait_for_kubernetes, within_vpc
from cluster_provision.readiness.gke.node_pools import wait_for_pools
from cluster_provision.readiness.polling import Poll
from cluster_provision.stage import Stage
from cluster_provision.targets.gke.watch import GkeWatch

if TYPE_CHECKING:
    from cluster_provision.readiness.gke.node_pools import Sight
    from cluster_provision.stage import Site
    from cluster_provision.targets.gke.target import GkeTarget

CONTROL_PLANE_SECONDS = 300.0
"""A name that was just made is known everywhere within minutes."""


def stages(target: GkeTarget) -> tuple[Stage, ...]:
    """The stages, in their order."""
    return (
        Stage("node pools", partial(wait_until_full, target)),
        Stage("control plane", partial(prove, target)),
        Stage("networks of GKE", partial(tidy, target)),
    )


def wait_until_full(target: GkeTarget, site: Site) -> None:
    """Wait until GKE says that all of it runs."""
    watch = GkeWatch(target, site.say)
    sight = wait_for_pools(watch.look, Poll(target.settings.ready_timeout * 60), site.progress.update)
    site.result.nodes = sight.nodes
    site.result.connection = target.connection(sight.cluster)
    scaled = [pool.name for pool in sight.cluster.pools if pool.scaled]
    more = f"; GKE scales {', '.join(scaled)} as pods need it" if scaled else ""
    site.progress.conclude(f"{len(sight.cluster.pools)} run, with {len(sight.nodes)} nodes{more}")


def prove(target: GkeTarget, site: Site) -> None:
    """Ask the control plane itself, where it may be asked from here."""
    sight = GkeWatch(target, site.say).see()
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


def tidy(target: GkeTarget, site: Site) -> None:
    """Note the networks that GKE made, and remove those of pools that are gone."""
    removed = target.sweep(site.store, site.say)
    site.progress.conclude("removed what is not used any more" if removed else "nothing to remove")


def _gpus(target: GkeTarget, sight: Sight) -> dict[str, int]:
    """How many GPUs each node is to have, by the nodes' names."""
    pools = target.pools
    return {
        machine.name: pools[pool].accelerator_count if pool in pools else 0
        for pool, machines in sight.machines.items()
        for machine in machines
    }
