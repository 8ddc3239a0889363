"""Every stage of every target is waited for or looked at, and says why where it can't be looked at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.errors import NotReady
from cluster_provision.result import Result
from cluster_provision.settings import load
from cluster_provision.stage import Stage, look_at
from cluster_provision.targets import TARGETS, target_of

if TYPE_CHECKING:
    from cluster_provision.stage import Site

MANDATORY = {
    "gcp": {"PROJECT_ID": "my-project-1", "ZONE": "us-central1-a"},
    "azure": {
        "SUBSCRIPTION_ID": "11111111-2222-3333-4444-555555555555",
        "LOCATION": "eastus2",
        "ALLOWED_CIDRS": "203.0.113.7/32",
    },
    "existing": {"NODES": "node[1-2]", "CONTROLLER": "head"},
}


def stages(cloud: str, orchestrator: str, **more: str) -> tuple[Stage, ...]:
    kind = {"CLOUD": cloud, "ORCHESTRATOR_TYPE": orchestrator, "NAME_PREFIX": "demo"}
    return target_of(load({**kind, **MANDATORY[cloud], **more}, "Status", None).settings).stages(None)


@pytest.mark.parametrize(("cloud", "orchestrator"), TARGETS)
def test_every_stage_has_a_look_or_says_why_not(cloud: str, orchestrator: str) -> None:
    found = stages(cloud, orchestrator)
    assert len(found) >= 3
    assert [s.name for s in found if (s.look is None) != bool(s.no_look)] == []
    assert [s.name for s in found if s.wait is None] == []


def test_with_the_gate_off_health_is_looked_at_and_not_waited_for() -> None:
    (health,) = [s for s in stages("azure", "none", HEALTH_GATE="off") if s.name == "health"]
    assert health.wait is None and health.look is not None


def test_ray_brings_its_stages_to_either_cloud() -> None:
    for cloud in ("gcp", "azure"):
        names = [s.name for s in stages(cloud, "ray")]
        assert names[:4] == ["failed nodes", "orchestrator", "nodes", "ray"]
        assert [n for n in names if n not in ("orchestrator", "ray")] == [s.name for s in stages(cloud, "none")]


def test_status_looks_at_all_stages_and_ends_with_the_first_failure() -> None:
    looked: list[str] = []

    def look(name: str, failure: NotReady | None) -> Any:
        def at(_: Site) -> NotReady | None:
            looked.append(name)
            return failure

        return Stage(name, None, at)

    first = NotReady("first")
    waited_only = Stage("waited for", lambda _: None, None, no_look="a test")
    site: Any = SimpleNamespace(result=Result("status"))
    assert look_at((look("a", None), waited_only, look("b", first), look("c", NotReady("second"))), site) is first
    assert looked == ["a", "b", "c"]
