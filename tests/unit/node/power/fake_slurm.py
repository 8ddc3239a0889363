"""Slurm for tests of the power program's looks: its nodes' states, changed as slurmctld changes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from node.slurm_power import slurm
from node.slurm_power.cloud import RUNNING
from tests.unit.node.power.kit import OFF, STARTING, STOPPING, UP, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from cluster_provision.slurm.cloud import CloudCluster
    from cluster_provision.slurm.outputs.node_states import NodeState
    from tests.unit.node.power.kit import FakeCloud


class FakeSlurm:
    """Slurm's states, which updates change as slurmctld does; `settle` lets it go on by itself."""

    def __init__(self, cluster: CloudCluster) -> None:
        self.states = {name: state(name) for name in cluster.nodes}
        self.told: dict[str, str] = {}

    def update(self, nodes: Sequence[str], arguments: Sequence[str]) -> str:
        for name in nodes:
            self._update(name, dict(each.split("=", 1) for each in arguments))
        return ""

    def _update(self, name: str, given: dict[str, str]) -> None:
        now, wanted = self.states[name], given["state"]
        flags = set(now.flags)
        if wanted == "drain":
            self.states[name] = replace(now, flags=(*now.flags, "drain"), reason=given["reason"], reason_user="root")
        elif wanted == "resume":
            self.states[name] = replace(now, flags=tuple(flags - {"drain"}), reason="", reason_user="")
        elif wanted == "power_up" and "powered_down" in flags:
            self.states[name] = state(name, STARTING)
        elif wanted == "down":
            self.states[name] = replace(now, base="down", reason=given["reason"], reason_user="root")
        elif wanted.startswith("power_down"):
            self.states[name] = state(name, STOPPING, now.reason)

    def settle(self, cloud: FakeCloud) -> None:
        """Nodes with a machine join, and those that go are off."""
        for name, now in self.states.items():
            if "powering_up" in now.flags and name in cloud.machines and cloud.machines[name].state == RUNNING:
                self.states[name] = state(name, UP)
            elif "powering_down" in now.flags and name not in cloud.machines:
                self.states[name] = replace(state(name, OFF), reason=now.reason)

    def node_states(self) -> dict[str, NodeState]:
        return dict(self.states)


def faked(monkeypatch: pytest.MonkeyPatch, cluster: CloudCluster) -> FakeSlurm:
    """Slurm of this cluster in the place of the real one, all nodes off."""
    made = FakeSlurm(cluster)
    monkeypatch.setattr(slurm, "node_states", made.node_states)
    monkeypatch.setattr(slurm, "update", made.update)
    monkeypatch.setattr(slurm, "tell_jobs", made.told.update)
    return made


def ready_nodes(fake: FakeSlurm) -> list[str]:
    return [name for name, each in fake.states.items() if each.ready]
