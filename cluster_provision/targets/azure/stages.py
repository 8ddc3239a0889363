"""The stages of a scale set's machines: nodes ready, the head open, hosts known to each other, and their health."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.stage import Stage
from cluster_provision.targets.azure.machines import listed
from cluster_provision.targets.hosts import distribute_hosts
from cluster_provision.targets.nodes import NodesTarget, look_at_age, look_once_more, node_stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.fleet.model import Fleet
    from cluster_provision.orchestrators.base import Orchestrator
    from cluster_provision.stage import Site
    from cluster_provision.targets.azure.head import HeadRule

RULE_SECONDS = 60.0
"""How long a silent head is tried again: a security rule takes effect only some time after Azure has accepted it."""


def stages(
    target: NodesTarget,
    orchestrator: Orchestrator,
    rule: Callable[[], HeadRule],
    fleet: Callable[[Site], Fleet],
    health: Stage,
    *,
    public: bool,
) -> tuple[Stage, ...]:
    """The stages, in their order. `rule` and `fleet` are asked for once the cloud is known; `public` says that the head
    is reached from outside."""
    way_in = Stage("way in", lambda site: rule().open(listed(site), site), lambda site: rule().look(listed(site), site))
    hosts = partial(distribute_hosts, fleet, patience=RULE_SECONDS if public else 0.0)
    return (
        *node_stages(target, orchestrator),
        *((way_in,) if public else ()),
        Stage("hosts", hosts, None, no_look="a look would log in to every machine; UpdateHosts does"),
        health,
        Stage("last look", partial(look_once_more, target), partial(look_at_age, target), folded=True),
    )
