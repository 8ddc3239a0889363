"""Machines that somebody has protected against deletion are named, with the command that lifts it."""

from __future__ import annotations

from typing import Any, cast

from cluster_provision.clouds.gcp.leftovers import GcpLeftovers
from cluster_provision.errors import PermissionDenied
from cluster_provision.targets.gcp.target import GcpTarget
from tests.unit.clouds.answers import Answers

ZONE = "https://www.googleapis.com/compute/v1/projects/p-1/zones/us-a1-b"
PAGE = {
    "items": {
        "zones/us-a1-b": {
            "instances": [{"name": "demo-vm-1", "zone": ZONE, "deletionProtection": True}, {"name": "x", "zone": ZONE}]
        },
        "zones/us-a1-c": {"warning": {"code": "NO_RESULTS_ON_PAGE"}},
    }
}
LIFTED = "gcloud compute instances update demo-vm-1 --zone=us-a1-b --project=p-1 --no-deletion-protection"


def test_those_that_are_protected_are_named() -> None:
    (found,) = GcpLeftovers(cast("Any", Answers(PAGE)), "p-1").protected("abc123")
    assert "demo-vm-1" in found.text()
    assert found.command == LIFTED


class Target:
    """What `_name_protected` needs of a target."""

    def __init__(self, cloud: Any) -> None:
        self.cloud = cloud
        self.cluster = type("C", (), {"label": "abc123"})


def test_a_sweep_says_them_and_a_refused_look_is_no_failure() -> None:
    said: list[str] = []
    name = cast("Any", GcpTarget)._name_protected
    name(Target(GcpLeftovers(cast("Any", Answers(PAGE)), "p-1")), said.append)
    assert LIFTED in said[0]

    class Refusing:
        def protected(self, _: str) -> list[Any]:
            raise PermissionDenied("no")

    name(Target(Refusing()), said.append)
    assert len(said) == 1
