"""Which version a GKE cluster is asked for, and what a refused look at the versions comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.clouds.gcp.gke import GkeCluster, Versions
from cluster_provision.errors import PermissionDenied
from cluster_provision.targets.gke.version import Asked, choose_version

if TYPE_CHECKING:
    from collections.abc import Callable

OFFERED = Versions(("1.33.4-gke.1", "1.32.9-gke.2"), {"REGULAR": ("1.33.4-gke.1",)})
CLUSTER = GkeCluster(
    "demo-gke", "us-central1", "RUNNING", "", "1.33.4-gke.1", "1.33", "REGULAR", "", False, "", "", False, ()
)
BEFORE = Asked("1.33.4-gke.1", "REGULAR")


def refused() -> Versions:
    raise PermissionDenied("looking up GKE's versions in us-central1: no")


@pytest.mark.parametrize("look", [refused, lambda: OFFERED])
@pytest.mark.parametrize(
    ("wanted", "cluster", "asked"),
    [
        ("-", None, Asked("", "REGULAR")),
        ("latest", CLUSTER, BEFORE),
        ("-", CLUSTER, BEFORE),
        ("1.32", CLUSTER, BEFORE),
    ],
)
def test_versions_are_looked_up_only_where_they_decide(
    look: Callable[[], Versions], wanted: str, cluster: GkeCluster | None, asked: Asked
) -> None:
    assert choose_version(wanted, look, cluster, BEFORE if cluster else None) == asked


@pytest.mark.parametrize(("wanted", "cluster"), [("latest", None), ("1.33", None), ("1.34", CLUSTER)])
def test_where_they_decide_a_refused_look_is_the_answer(wanted: str, cluster: GkeCluster | None) -> None:
    with pytest.raises(PermissionDenied, match="looking up GKE's versions"):
        choose_version(wanted, refused, cluster, BEFORE if cluster else None)
