"""What Create waits for on a scale set's machines, and what it tells them then."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from cluster_provision.health.gate import Gate
from cluster_provision.stage import Stage
from cluster_provision.targets.azure.head import HeadTarget, let_in_to_head
from cluster_provision.targets.health_stage import health_stages
from cluster_provision.targets.hosts import distribute_hosts
from cluster_provision.targets.nodes import NodesTarget, look_once_more, renew_failed_nodes, wait_until_started

if TYPE_CHECKING:
    from cluster_provision.fleet.model import Fleet
    from cluster_provision.stage import Site


RULE_SECONDS = 60.0
"""How long a head that keeps silent is tried again: a security rule holds a while after Azure has taken it."""


class ScaleSetTarget(HeadTarget, NodesTarget, Protocol):
    """A target whose machines are a scale set's: they check themselves, and are reached by ssh."""

    def fleet(self, site: Site) -> Fleet:
        """The machines as ssh reaches them."""

    def replacement(self, node: str) -> str:
        """The command that takes the machine of this name away."""


def stages(target: ScaleSetTarget) -> tuple[Stage, ...]:
    """The stages, in their order."""
    public = target.settings.access == "head"
    way_in = (Stage("way in", partial(let_in_to_head, target)),) if public else ()
    hosts = partial(distribute_hosts, target.fleet, patience=RULE_SECONDS if public else 0.0)
    return (
        Stage("failed nodes", partial(renew_failed_nodes, target)),
        Stage("nodes", partial(wait_until_started, target)),
        *way_in,
        Stage("hosts", hosts),
        *health_stages(gate_of(target)),
        Stage("last look", partial(look_once_more, target)),
    )


def gate_of(target: ScaleSetTarget) -> Gate:
    """What the settings ask of the machines' health."""
    return Gate(target.settings.health_gate, target.settings.health_timeout, target.replacement)
