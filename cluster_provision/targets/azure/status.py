"""How a scale set's cluster is now: one look at what Create waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.health.status import look_at_health
from cluster_provision.targets.azure.head import look_at_way_in
from cluster_provision.targets.azure.stages import gate_of
from cluster_provision.targets.nodes import look_at_age, look_at_nodes

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError
    from cluster_provision.stage import Site
    from cluster_provision.targets.azure.stages import ScaleSetTarget


def status(target: ScaleSetTarget, site: Site) -> ProvisionError | None:
    """Fill in the nodes, how to connect, and a check for each thing looked at; what isn't as it should be."""
    machines = target.machines()
    failure = look_at_nodes(target, site, machines)
    shut = look_at_way_in(target, site, machines)
    sick = look_at_health(gate_of(target), site)
    look_at_age(target, site, machines)
    return failure or shut or sick
