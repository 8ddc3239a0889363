"""Health on a Slurm cluster: the node's state, whose reason it has, and what helps."""

from __future__ import annotations

import pytest

from cluster_provision.orchestrators.slurm.health import health_of
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
