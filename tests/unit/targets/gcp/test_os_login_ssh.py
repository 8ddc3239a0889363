"""A run's own SSH by OS Login: one key for all machines, whose host keys are those of their records."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cluster_provision.clouds.base import Machine
from cluster_provision.clouds.gcp.os_login import Login
from cluster_provision.errors import PermissionDenied
from cluster_provision.node import NodeRecord
from cluster_provision.targets.gcp.os_login_ssh import OsLoginSsh

if TYPE_CHECKING:
    from datetime import datetime

    from cluster_provision.clouds.gcp.os_login import OsLogin

EMAIL = "ann@example.com"
KEYS = ("ssh-ed25519 AAAAhost",)


class Calls:
    """OS Login as the target asks it."""

    def __init__(self) -> None:
        self.imported: list[str] = []
        self.deleted: list[str] = []
        self.refuses = False

    def import_key(self, email: str, public: str, region: str, now: datetime) -> Login:
        assert (email, region) == (EMAIL, "us-central1")
        self.imported.append(public)
        return Login("ann_example_com", "f1")

    def delete_key(self, email: str, fingerprint: str) -> None:
        self.deleted.append(fingerprint)
        if self.refuses:
            raise PermissionDenied("no")


def machine(name: str, number: str) -> Machine:
    return Machine(name, number, "us-central1-a", address=f"10.0.0.{number}")


def record(name: str, number: str) -> NodeRecord:
    return NodeRecord(name, number, "ready", "", host_keys=KEYS)


MACHINES = (machine("demo-vm-a", "1"), machine("demo-vm-b", "2"))


def ssh(calls: Calls, *records: NodeRecord) -> OsLoginSsh:
    by_name = {each.node: each for each in records}
    return OsLoginSsh(cast("OsLogin", calls), "p", EMAIL, lambda: "token", by_name.get)


def test_the_fleet_signs_in_as_os_login_says_and_needs_no_head() -> None:
    fleet = ssh(Calls()).fleet(MACHINES, "us-central1", "n2-standard-4")
    assert (fleet.user, fleet.head.name, fleet.size) == ("ann_example_com", "demo-vm-a", "n2-standard-4")
    assert not fleet.through_head


def test_a_machine_has_the_host_keys_of_its_own_record_alone() -> None:
    fleet = ssh(Calls(), record("demo-vm-a", "1"), record("demo-vm-b", "the one before")).fleet(
        MACHINES, "us-central1", ""
    )
    assert [host.host_keys for host in fleet.hosts] == [KEYS, ()]


def test_one_key_is_let_in_for_the_whole_run() -> None:
    calls = Calls()
    way = ssh(calls)
    first, second = (way.fleet(MACHINES, "us-central1", "") for _ in range(2))
    assert len(calls.imported) == 1
    assert calls.imported[0].startswith("ssh-ed25519 ")
    assert first.keys == second.keys


def test_the_key_goes_at_the_end_and_only_once() -> None:
    calls = Calls()
    way = ssh(calls)
    way.fleet(MACHINES, "us-central1", "")
    way.close()
    way.close()
    assert calls.deleted == ["f1"]


def test_a_run_that_let_no_key_in_takes_none_away() -> None:
    calls = Calls()
    ssh(calls).close()
    assert calls.deleted == []


def test_a_run_does_not_fail_over_a_key_that_will_expire() -> None:
    calls = Calls()
    calls.refuses = True
    way = ssh(calls)
    way.fleet(MACHINES, "us-central1", "")
    way.close()
    assert calls.deleted == ["f1"]
