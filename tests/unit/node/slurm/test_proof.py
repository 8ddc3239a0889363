"""The controller waits for its nodes before it has a job prove them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from node.machine.programs import Failure
from node.slurm_cloud import proof
from node.slurm_cloud.proof import prove_here
from node.slurm_power import kept, slurm
from node.slurm_power.kept import Kept, write_kept
from tests.unit.node.power.kit import CLUSTER, STARTING, UP, of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.slurm.outputs.node_states import NodeState

Look = dict[str, "NodeState"] | Failure
ON = of("vega-hpc-[1-2]", UP)
AWAY = Failure("slurmctld does not answer: Connection refused")


@dataclass
class World:
    """A controller; `looks` are slurmctld's answers one after the other, of which the last one stays."""

    looks: list[Look] = field(default_factory=list)
    minutes: int = 1
    proven: list[str] = field(default_factory=list)

    def read(self, name: str) -> bytes | None:
        return replace(CLUSTER, proof="first", proof_minutes=self.minutes).text().encode()

    def write(self, name: str, content: bytes, *, only_new: bool = False) -> bool:
        raise AssertionError

    def put(self, name: str, path: str) -> None:
        raise AssertionError

    def node_states(self) -> dict[str, NodeState]:
        found = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(found, Failure):
            raise found
        return found

    def prove(self, _: object, partition: str, nodes: Sequence[str], minutes: int) -> SimpleNamespace:
        self.proven += nodes
        return SimpleNamespace(said=["proof vega-hpc-1"])

    def outcome(self, *looks: Look) -> dict[str, Any]:
        """What PROOF_FILE holds in the end."""
        self.looks = [*looks]
        prove_here(self)
        found: dict[str, Any] = json.loads(Path(proof.PROOF_FILE).read_text())
        return found


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(kept, "KEPT_FILE", str(tmp_path / "state.json"))
    monkeypatch.setattr(proof, "PROOF_FILE", str(tmp_path / "proof.json"))
    monkeypatch.setattr(proof, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(proof, "prove", made.prove)
    monkeypatch.setattr(slurm, "node_states", made.node_states)
    write_kept(Kept(wanted={"vega-hpc-1", "vega-hpc-2"}))
    return made


def test_all_nodes_that_should_be_on_are_proven(world: World) -> None:
    assert world.outcome(of("vega-hpc-[1-2]", STARTING), ON)["status"] == "ok"
    assert world.proven == ["vega-hpc-1", "vega-hpc-2"]


def test_a_controller_that_restarts_meanwhile_is_waited_for(world: World) -> None:
    assert world.outcome(AWAY, of("vega-hpc-[1-2]", STARTING), AWAY, ON)["status"] == "ok"


def test_a_node_that_slurm_does_not_know_yet_is_waited_for(world: World) -> None:
    assert world.outcome({"vega-hpc-1": ON["vega-hpc-1"]}, ON)["status"] == "ok"
    assert world.proven == ["vega-hpc-1", "vega-hpc-2"]


@pytest.mark.parametrize(
    ("look", "why"),
    [
        (AWAY, "slurmctld does not answer: Connection refused"),
        ({"vega-hpc-1": ON["vega-hpc-1"]}, "vega-hpc-2: not known to Slurm"),
        ({**ON, **{"vega-hpc-2": of("vega-hpc-2", STARTING)["vega-hpc-2"]}}, "vega-hpc-2: idle+cloud+powering_up"),
    ],
    ids=["away", "unknown", "late"],
)
def test_nodes_that_are_not_up_in_time_fail_the_proof_with_why(world: World, look: Look, why: str) -> None:
    world.minutes = 0
    told = world.outcome(look)
    assert (told["status"], world.proven) == ("failed", [])
    assert told["detail"].startswith(f"not up after 0 minutes: {why}")
