"""The stage in which Create looks at the health of its machines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.health.gate import pass_gate
from cluster_provision.stage import Stage

if TYPE_CHECKING:
    from cluster_provision.health.gate import Gate


def health_stages(gate: Gate) -> tuple[Stage, ...]:
    """What follows the stage that fills in the nodes: the gate, and nothing with HEALTH_GATE=off."""
    return () if gate.word == "off" else (Stage("health", partial(pass_gate, gate)),)
