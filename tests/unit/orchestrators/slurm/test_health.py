"""Health on a Slurm cluster: the node's state, whose reason it has, and what helps."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cluster_provision.errors import NotReady
from cluster_provision.orchestrators.slurm.health import health_of, recorded_health
from cluster_provision.slurm.cloud_record import ClusterRecord, NodeWord
from tests.unit.orchestrators.slurm.controllers import Controller, shown


@pytest.mark.parametrize(
    ("reason", "user", "whose"),
    [
        ("fan", "ops", "a person's reason"),
        ("cluster-provision: health: 7 of 8 GPUs", "root", "this tool's reason"),
        ("cluster-provision: prolog 10-x: no", "root", "a prolog's or epilog's reason"),
        ("Kill task failed", "root", "Slurm's reason"),
        ("NHC: check_fs", "root", "another tool's reason"),
    ],
)
def test_a_drained_nodes_reason_comes_with_whose_it_is(reason: str, user: str, whose: str) -> None:
    controller = Controller.of(shown("node1", "IDLE+DRAIN", reason, user))
    (check,) = next(each for each in health_of(controller, {}) if each.name == "node1").health.checks
    assert check.detail.startswith(f"idle+drain: {reason} ({whose})")


@pytest.mark.parametrize(
    "state", ["IDLE+CLOUD+POWERED_DOWN", "IDLE+CLOUD+DRAIN+POWERED_DOWN", "IDLE+CLOUD+POWERING_UP"]
)
def test_a_node_that_is_not_on_has_nothing_to_check(state: str) -> None:
    controller = Controller.of(shown("node1", state, "cluster-provision: off: not resumed"))
    found = {each.name: each for each in health_of(controller, {})}
    assert found["node1"].verdict == "skipped"
    assert found["node2"].verdict == "unknown"


@dataclass
class Recorded:
    """A controller of a cloud's cluster that says this in its record."""

    record: ClusterRecord
    slurm_nodes: tuple[str, ...] = ("n1", "n2", "n3", "n4", "n5")
    controller_name: str = "demo-controller"

    def cluster_record(self) -> ClusterRecord:
        return self.record


def test_by_the_record_nodes_that_are_off_are_skipped_and_those_that_take_no_jobs_are_unhealthy() -> None:
    words = {
        "n1": NodeWord("allocated"),
        "n2": NodeWord("off", "cluster-provision: off: not resumed"),
        "n3": NodeWord("drained", "cluster-provision: health: 7 of 8 GPUs"),
        "n4": NodeWord("down"),
    }
    found = {e.name: e for e in recorded_health(Recorded(ClusterRecord(applied="1", nodes=words)))}  # type: ignore[arg-type]
    verdicts = {name: each.verdict for name, each in found.items()}
    assert verdicts == {"n1": "healthy", "n2": "skipped", "n3": "unhealthy", "n4": "unhealthy", "n5": "unknown"}
    assert "7 of 8 GPUs (this tool's reason)" in found["n3"].health.checks[0].detail


def test_of_a_controller_that_has_told_nothing_no_node_is_known() -> None:
    with pytest.raises(NotReady, match="demo-controller has told nothing of its nodes yet"):
        recorded_health(Recorded(ClusterRecord()))  # type: ignore[arg-type]
