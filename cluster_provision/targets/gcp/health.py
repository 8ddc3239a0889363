"""The health of Google Cloud's machines: what each type should have, and what is done about a machine that hasn't."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from cloud_facts.gcp.gpus import expected_of
from cluster_provision.health.gate import Gate
from cluster_provision.health.mending import Mending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.base import Machine
    from cluster_provision.settings import GcpSettings
    from cluster_provision.stage import Site

LOGS = ("/var/log/machine-health.log", "/var/log/dcgmi-diag.log")


class Grouped(Protocol):
    """A target whose machines are those of managed groups."""

    @property
    def settings(self) -> GcpSettings:
        """The run's settings."""

    def outdated(self, machines: Sequence[Machine]) -> list[Machine]:
        """Those of another template than their group's."""

    def renewal(self, machines: Sequence[Machine]) -> str:
        """The commands that make these machines anew."""


def health_config(gate: str, *, before_command: bool = False) -> dict[str, Any]:
    """What a machine's bootstrap is told: a machine only knows whether the gate is off, so that a stricter one changes
    no machine. `before_command`: the user's command begins when the checks have ended."""
    return {"gate": "off" if gate == "off" else "on", "before_command": before_command}


def expected_config(machine_type: str, accelerator: str) -> dict[str, Any]:
    """What the machine's own check demands (node/gcp/opt/health/machine.py), null where nobody has published it."""
    its = expected_of(machine_type, accelerator)
    return {"type": machine_type, "model": its.model, "nvlinks": its.nvlinks, "local_ssds": its.local_ssds}


def gate_word(settings: GcpSettings) -> str:
    """HEALTH_GATE's value; machines without GPUs have nothing that Create would wait for."""
    return settings.health_gate if settings.gpu_count else "off"


def gate_of(target: Grouped, site: Site) -> Gate:
    """The gate of Create. Machines of an earlier template may come from a version without checks."""
    s = target.settings
    return Gate(s.health_gate, s.health_timeout, mending_of(target, site), partial(_outdated, target, site))


def mending_of(target: Grouped, site: Site) -> Mending:
    """Google repairs the physical machine; its group makes ours anew, on another one where it can."""
    return Mending(
        "Google",
        LOGS,
        "have its group make it anew, and run Create again",
        lambda node: target.renewal([each for each in site.machines if each.name == node]),
    )


def _outdated(target: Grouped, site: Site) -> frozenset[str]:
    return frozenset(each.name for each in target.outdated(site.machines))
