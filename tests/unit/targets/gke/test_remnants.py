"""Before a GKE cluster is changed: what an earlier run began is given up, and what somebody else does is waited for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from cluster_provision.clouds.gcp.gke import Operation
from cluster_provision.state.base import HeldInstance, StateFacts
from cluster_provision.targets.gke.remnants import NODE_POOL, Remnants

if TYPE_CHECKING:
    from cluster_provision.clouds.gcp.gke_remnants import GkeRemnants
    from cluster_provision.state.base import StateStore
    from cluster_provision.targets.gke.target import GkeTarget

CREATE, RESIZE, UPGRADE = "CREATE_NODE_POOL", "SET_NODE_POOL_SIZE", "UPGRADE_NODES"


class Gke:
    """One operation is under way at the first look, and over at the second."""

    def __init__(self, kind: str, pool: str) -> None:
        self.looks = [[Operation("operation-1", kind, pool)], []]
        self.cancelled: list[str] = []

    def under_way(self, _location: str, _name: str) -> list[Operation]:
        return self.looks.pop(0)

    def cancel(self, _location: str, operation: str) -> bool:
        self.cancelled.append(operation)
        return True


@pytest.mark.parametrize(
    ("kind", "pool", "given_up"),
    [
        (CREATE, "demo-nodepool-0", True),
        (CREATE, "demo-scaled", True),
        (CREATE, "of-earlier-settings", True),
        (CREATE, "somebody-elses", False),
        (RESIZE, "demo-nodepool-0", True),
        (RESIZE, "demo-system", True),
        (RESIZE, "demo-scaled", False),
        (RESIZE, "somebody-elses", False),
        (UPGRADE, "demo-nodepool-0", False),
    ],
)
def test_only_what_an_earlier_run_can_have_begun_is_given_up(kind: str, pool: str, given_up: bool) -> None:
    gke, told = Gke(kind, pool), list[str]()
    target = SimpleNamespace(
        gke=gke,
        region="us-central1",
        name="demo-gke",
        present=lambda: "there",
        pools={"demo-nodepool-0": SimpleNamespace(node_count=2), "demo-scaled": SimpleNamespace(node_count=None)},
        wanted_nodes={"demo-system": 1, "demo-nodepool-0": 2, "demo-scaled": 0},
    )
    state = SimpleNamespace(
        exists=lambda: True,
        facts=lambda: StateFacts(instances=(HeldInstance(NODE_POOL, "", {"name": "of-earlier-settings"}),)),
    )
    remnants = Remnants(cast("GkeTarget", target), cast("GkeRemnants", None))
    remnants.wait_for_operations(cast("StateStore", state), told.append)
    assert gke.cancelled == (["operation-1"] if given_up else [])
    assert gke.looks == []
    assert told == [f"GKE is still busy with {pool} ({kind.lower().replace('_', ' ')})"]
