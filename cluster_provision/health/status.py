"""The machines' health in Status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.health.records import CheckedNode, in_full
from cluster_provision.health.verdict import check_of, document, failure_of, overall
from cluster_provision.node import NodeHealth
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError
    from cluster_provision.health.gate import Gate
    from cluster_provision.stage import Site


def look_at_health(gate: Gate, site: Site) -> ProvisionError | None:
    """Fill in the result's health and its row for the result's nodes; return the error for unhealthy nodes.

    An unknown health is shown, but is no error here: checks may still run, or the user may not have asked for them.
    """
    nodes = site.result.nodes
    found = in_full(site.store, nodes, [CheckedNode(n.name, NodeHealth(n.health)) for n in nodes])
    site.result.health = document(found)
    if gate.word == "off" and not any(each.verdict for each in found):
        site.result.checks.append(Check("health", "skipped", "HEALTH_GATE=off"))
        return None
    site.result.checks.append(check_of(found))
    return failure_of(found, gate.mending) if overall(found) == "unhealthy" else None
