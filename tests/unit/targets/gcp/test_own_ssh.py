"""A run's own SSH by machines' metadata: one key, let in once on each machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cluster_provision.clouds.base import Machine
from cluster_provision.targets.gcp.own_ssh import OwnSsh

if TYPE_CHECKING:
    from datetime import datetime

    from cluster_provision.clouds.gcp.cloud import Gcp

MACHINES = [Machine(f"demo-{number}", str(number), "z", address=f"10.0.0.{number}") for number in range(1, 9)]


class Cloud:
    def __init__(self) -> None:
        self.let_in: list[tuple[str, str]] = []

    def let_key_in(self, zone: str, name: str, user: str, public: str, now: datetime) -> None:
        self.let_in.append((name, public))


def test_all_machines_let_one_key_in_and_none_twice() -> None:
    cloud = Cloud()
    ssh = OwnSsh(cast("Gcp", cloud), "p", "tool", lambda: "token", lambda _: None)
    ssh.fleet(MACHINES[:7])
    ssh.fleet(MACHINES)
    assert sorted(name for name, _ in cloud.let_in) == [each.name for each in MACHINES]
    assert len({public for _, public in cloud.let_in}) == 1


def test_a_machine_that_has_not_heard_of_the_key_is_asked_again_for_a_minute() -> None:
    relay = OwnSsh(cast("Gcp", Cloud()), "p", "tool", lambda: "token", lambda _: None).fleet(MACHINES).relay
    assert relay is not None
    assert relay.settles == 60
