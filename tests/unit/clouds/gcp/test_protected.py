"""What somebody has protected against deletion is named, with the command that lifts it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from cluster_provision.clouds.gcp.filestore import GcpFilestore
from cluster_provision.clouds.gcp.leftovers import GcpLeftovers
from cluster_provision.errors import PermissionDenied
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.targets.gcp.target import GcpTarget
from tests.unit.clouds.answers import Answers

ZONE = "https://www.googleapis.com/compute/v1/projects/p-1/zones/us-a1-b"
MACHINES = {
    "items": {
        "zones/us-a1-b": {
            "instances": [
                {"name": "demo-vm-1", "selfLink": f"{ZONE}/instances/demo-vm-1", "deletionProtection": True},
                {"name": "x", "selfLink": f"{ZONE}/instances/x"},
            ]
        },
        "zones/us-a1-c": {"warning": {"code": "NO_RESULTS_ON_PAGE"}},
    }
}
PATH = "projects/p-1/locations/us-a1-b/instances"
OURS = {CLUSTER_LABEL: "abc123"}
SERVERS = {
    "instances": [
        {"name": f"{PATH}/demo-nfs-1", "labels": OURS, "deletionProtectionEnabled": True},
        {"name": f"{PATH}/demo-nfs-2", "labels": OURS},
        {"name": f"{PATH}/theirs", "labels": {CLUSTER_LABEL: "other"}, "deletionProtectionEnabled": True},
    ]
}
MACHINE = "gcloud compute instances update demo-vm-1 --project=p-1 --zone=us-a1-b --no-deletion-protection"
SERVER = "gcloud filestore instances update demo-nfs-1 --project=p-1 --location=us-a1-b --no-deletion-protection"


def test_machines_that_are_protected_are_named() -> None:
    (found,) = GcpLeftovers(cast("Any", Answers(MACHINES)), "p-1").protected_machines("abc123")
    assert found.text() == "instance demo-vm-1 in us-a1-b (protected against deletion)"
    assert found.command == MACHINE


def test_file_servers_that_are_protected_are_named() -> None:
    (found,) = GcpFilestore(cast("Any", Answers(SERVERS)), "p-1").protected_servers("abc123")
    assert found.text() == "file server demo-nfs-1 in us-a1-b (protected against deletion)"
    assert found.command == SERVER


class Looks:
    """What a target looks at; `refused` are looks that are not allowed."""

    def __init__(self, *refused: str) -> None:
        self._refused = refused

    def protected_machines(self, label: str) -> list[Any]:
        return self._found("machines") or GcpLeftovers(cast("Any", Answers(MACHINES)), "p-1").protected_machines(label)

    def protected_servers(self, label: str) -> list[Any]:
        return self._found("servers") or GcpFilestore(cast("Any", Answers(SERVERS)), "p-1").protected_servers(label)

    def _found(self, what: str) -> list[Any]:
        if what in self._refused:
            raise PermissionDenied("no")
        return []


def target(*refused: str) -> Any:
    made = cast("Any", GcpTarget.__new__(GcpTarget))
    made._cloud = Looks(*refused)
    made.cluster = type("C", (), {"label": "abc123"})
    return made


def test_a_sweep_says_them() -> None:
    said: list[str] = []
    target()._name_protected(said.append)
    assert [line.splitlines()[1].strip() for line in said] == [MACHINE, SERVER]


@pytest.mark.parametrize(
    ("refused", "left"),
    [((), [MACHINE, SERVER]), (("servers",), [MACHINE]), (("machines",), [SERVER]), (("machines", "servers"), [])],
)
def test_a_refused_look_is_no_failure_and_hides_nothing_else(refused: tuple[str, ...], left: list[str]) -> None:
    found = target(*refused).keepers("The instance is PROTECTED against deletion.")
    assert [each.command for each in found] == left


def test_a_failure_about_something_else_is_no_reason_to_look() -> None:
    assert target().keepers("the network is in use") == []
