"""A standing cluster is never turned into one of another kind."""

from __future__ import annotations

import pytest

from cluster_provision.checks.gcp.orchestrator import GKE, MACHINES, orchestrator
from tests.unit.checks.gcp.subjects import subject


@pytest.mark.parametrize(
    ("there", "wanted", "told"),
    [
        (GKE, "none", "NAME_PREFIX=demo is a GKE cluster now; run Destroy with ORCHESTRATOR_TYPE=gke first"),
        (GKE, "ray", "NAME_PREFIX=demo is a GKE cluster now; run Destroy with ORCHESTRATOR_TYPE=gke first"),
        (MACHINES, "gke", "NAME_PREFIX=demo is a group of machines now"),
    ],
)
def test_another_kind_is_refused_with_the_way_out(there: str, wanted: str, told: str) -> None:
    (failure,) = orchestrator(subject(kinds=(there,), orchestrator_type=wanted)).failures
    assert told in failure.message


@pytest.mark.parametrize(
    ("there", "wanted"), [((), "gke"), ((), "none"), ((GKE,), "gke"), ((MACHINES,), "none"), ((MACHINES,), "ray")]
)
def test_a_cluster_of_the_same_kind_passes(there: tuple[str, ...], wanted: str) -> None:
    assert not orchestrator(subject(kinds=there, orchestrator_type=wanted)).failures
