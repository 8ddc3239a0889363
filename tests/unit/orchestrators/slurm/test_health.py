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
    ("state", "reason", "verdict", "told"),
    [
        ("IDLE+CLOUD+POWERED_DOWN", "", "skipped", "off"),
        (
            "IDLE+CLOUD+DRAIN+POWERED_DOWN",
            "cluster-provision: off: not resumed",
            "skipped",
            "off: cluster-provision: off",
        ),
        ("MIXED+CLOUD+POWERING_UP", "", "running", "mixed+cloud+powering_up"),
        ("IDLE+CLOUD", "", "healthy", "idle+cloud"),
        ("IDLE+CLOUD+DRAIN", "fan", "unhealthy", "idle+cloud+drain: fan"),
    ],
)
def test_a_clouds_nodes_count_only_while_they_are_on(state: str, reason: str, verdict: str, told: str) -> None:
    controller = Controller.of(shown("node1", state, reason, "root"))
    found = next(each for each in health_of(controller, {}) if each.name == "node1")
    assert found.verdict == verdict
    assert found.health.checks[0].detail.startswith(told)


@dataclass
class Recorded:
    """A controller of a cloud's cluster that says this in its record."""

    record: ClusterRecord
    slurm_nodes: tuple[str, ...] = ("n1", "n2", "n3", "n4", "n5", "n6")
    controller_name: str = "demo-controller"

    def cluster_record(self) -> ClusterRecord:
        return self.record


def test_by_the_record_nodes_that_are_off_are_skipped_and_those_that_take_no_jobs_are_unhealthy() -> None:
    words = {
        "n1": NodeWord("allocated"),
        "n2": NodeWord("off", "cluster-provision: off: not resumed"),
        "n3": NodeWord("drained", "cluster-provision: health: 7 of 8 GPUs"),
        "n4": NodeWord("down"),
        "n6": NodeWord("powering-up"),
    }
    found = {e.name: e for e in recorded_health(Recorded(ClusterRecord(applied="1", nodes=words)))}  # type: ignore[arg-type]
    verdicts = {name: each.verdict for name, each in found.items()}
    unlike = {"n1": "healthy", "n2": "skipped", "n5": "unknown", "n6": "running"}
    assert verdicts == {**unlike, "n3": "unhealthy", "n4": "unhealthy"}
    assert "7 of 8 GPUs (this tool's reason)" in found["n3"].health.checks[0].detail


def test_of_a_controller_that_has_told_nothing_no_node_is_known() -> None:
    with pytest.raises(NotReady, match="demo-controller has told nothing of its nodes yet"):
        recorded_health(Recorded(ClusterRecord()))  # type: ignore[arg-type]
