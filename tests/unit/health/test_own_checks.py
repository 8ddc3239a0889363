"""What machines' own checks add to what Slurm says of its nodes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.health.records import CheckedNode, with_own_checks
from cluster_provision.node import HealthCheck, NodeHealth, NodeRecord, NodeSummary

if TYPE_CHECKING:
    from cluster_provision.node import Verdict

IB = HealthCheck("aznhc", "failed", "check_ib: mlx5_ib3 is down")


def after(slurm: Verdict, own: Verdict) -> CheckedNode:
    """The node `demo-hpc-1`, of which Slurm and its own checks say these."""
    record = NodeRecord("demo-hpc-1", "1", "ready", "done", health=NodeHealth(own, (IB,)))
    store: Any = SimpleNamespace(
        node_summaries=lambda: [NodeSummary("demo-hpc-1", "ready", "done", "1", health=own, host="BN4PRD")],
        node_record=lambda _: record,
    )
    (found,) = with_own_checks(store, [CheckedNode("demo-hpc-1", NodeHealth(slurm, (HealthCheck("slurm", "passed"),)))])
    return found


@pytest.mark.parametrize(
    ("slurm", "own", "verdict"),
    [
        ("healthy", "healthy", "healthy"),
        ("healthy", "unhealthy", "unhealthy"),
        ("healthy", "unknown", "unknown"),
        ("unhealthy", "unknown", "unhealthy"),
        ("unhealthy", "healthy", "unhealthy"),
        ("running", "unhealthy", "running"),
        ("skipped", "unhealthy", "skipped"),
    ],
)
def test_a_node_that_is_on_is_as_well_as_the_worse_of_both_says(slurm: Verdict, own: Verdict, verdict: Verdict) -> None:
    assert after(slurm, own).verdict == verdict


def test_both_findings_and_the_physical_machine_are_shown() -> None:
    health = after("healthy", "unhealthy").health
    assert [check.name for check in health.checks] == ["slurm", "aznhc"]
    assert health.host == "BN4PRD"
    assert after("skipped", "unhealthy").health.host == ""
