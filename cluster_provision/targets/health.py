"""The stage in which Create waits for what the machines' own checks find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.health.gate import pass_gate
from cluster_provision.health.status import look_at_health
from cluster_provision.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.health.gate import Gate
    from cluster_provision.stage import Site


def health_stage(word: str, gate: Callable[[Site], Gate]) -> Stage:
    """What the machines' own checks found; with HEALTH_GATE=off Create does not wait for them."""
    return Stage(
        "health",
        None if word == "off" else lambda site: pass_gate(gate(site), site),
        lambda site: look_at_health(gate(site), site),
    )
