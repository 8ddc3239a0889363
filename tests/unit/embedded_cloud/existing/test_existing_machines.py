"""Machines that exist already: those that env files name are there, and stay until somebody removes them."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.conditions import SHARED, ConditionsFile
from embedded_cloud.existing.cloud import ExistingMachines
from embedded_cloud.existing.conditions import KEYS, ExistingConditions
from embedded_cloud.existing.failure import NotAsNamed
from embedded_cloud.existing.login_key import public_half
from embedded_cloud.existing.machines.platform import ExistingPlatform, description
from embedded_cloud.machines.base import BootError, Instance, PlayedMachines
from embedded_cloud.scenario import Scenario
from embedded_cloud.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.embedded_cloud.asked_cloud import Asked

HEAD = {"name": "head", "address": "10.0.0.1", "port": 22, "user": "ops"}
NODE = {"name": "node1", "names": ["Node1.example.com"], "port": 2222}


class Servers(PlayedMachines):
    """Machines that answer with their address; `used` are those that a cluster is on."""

    are_running = True

    def __init__(self) -> None:
        self.booted: list[str] = []
        self.introduced: list[str] = []
        self.removed: list[str] = []
        self.used: set[str] = set()
        self.refused: set[str] = set()

    def boot(self, instance: Instance) -> str:
        if instance.name in self.refused:
            raise BootError("", "no room")
        self.booted.append(instance.name)
        return f"172.18.0.{len(self.booted)}"

    def remove(self, instance: Instance) -> None:
        self.removed.append(instance.name)

    def close(self) -> None: ...

    def connect(self, instance: Instance, at: str) -> socket.socket:
        mine, theirs = socket.socketpair()
        theirs.sendall(f"{instance.name} at {at}".encode())
        theirs.close()
        return mine

    def introduce(self, instance: Instance) -> None:
        self.introduced.append(instance.name)

    def holds_a_cluster(self, instance: Instance) -> bool:
        return instance.name in self.used


@pytest.fixture
def servers() -> Servers:
    return Servers()


@pytest.fixture
def begin(tmp_path: Path, servers: Servers) -> Callable[[], ExistingMachines]:
    """What makes the machines of the same folder, as a process that starts again does."""
    return lambda: ExistingMachines(
        Store(tmp_path),
        Scenario(tmp_path / "scenario.json"),
        ConditionsFile(tmp_path / "conditions.json", KEYS),
        lambda _: servers,
    )


@pytest.fixture
def machines(begin: Callable[[], ExistingMachines]) -> ExistingMachines:
    return begin()


def said(machines: ExistingMachines, host: str, port: int = 22) -> str:
    """What the one who answers there says, empty where nobody is meant."""
    connection = machines.connection(host, port)
    if connection is None:
        return ""
    with connection:
        return connection.recv(100).decode()


def names(machines: ExistingMachines) -> list[str]:
    return [instance.name for instance, _ in machines.instances()]


def test_machines_are_booted_once_and_found_again_by_the_next_run(
    begin: Callable[[], ExistingMachines], servers: Servers
) -> None:
    begin().expect({"existing": [HEAD, NODE]})
    again = begin()
    again.expect({"existing": [HEAD, NODE]})
    assert sorted(servers.booted) == ["head", "node1"]
    assert names(again) == ["head", "node1"]


def test_a_machine_that_is_named_later_is_added_to_the_others(machines: ExistingMachines, servers: Servers) -> None:
    machines.expect({"existing": [HEAD]})
    machines.expect({"existing": [HEAD, NODE, {"name": "node2", "address": "10.0.0.2"}]})
    assert sorted(servers.booted) == ["head", "node1", "node2"]
    assert servers.introduced == ["head"]
    others = {each.name: [other.name for other in each.properties["others"]] for each, _ in machines.instances()}
    assert others == {"head": ["node1", "node2"], "node1": ["head", "node2"], "node2": ["head", "node1"]}


def test_an_env_file_of_a_cloud_names_no_machine(machines: ExistingMachines) -> None:
    machines.expect({"project": "p"})
    assert names(machines) == []


@pytest.mark.parametrize(
    ("host", "port", "answer"),
    [
        ("head", 22, "head at"),
        ("HEAD", 22, "head at"),
        ("10.0.0.1", 22, "head at"),
        ("node1.example.com", 2222, "node1 at"),
        ("node1", 22, ""),
        ("head", 2222, ""),
        ("", 22, ""),
        ("node9", 22, ""),
    ],
)
def test_a_name_or_an_address_leads_to_the_machine_at_its_ssh_port_alone(
    machines: ExistingMachines, host: str, port: int, answer: str
) -> None:
    machines.expect({"existing": [HEAD, NODE]})
    assert said(machines, host, port).startswith(answer)
    assert bool(answer) == bool(said(machines, host, port))


def test_a_scenario_lets_nobody_through(machines: ExistingMachines, tmp_path: Path) -> None:
    machines.expect({"existing": [HEAD, NODE]})
    rule = (
        '{"rules": [{"match": {"method": "CONNECT", "path": "/existing/here/head"}, "status": 504, "body": "no way"}]}'
    )
    (tmp_path / "scenario.json").write_text(rule)
    with pytest.raises(OSError, match="no way"):
        machines.connection("head", 22)
    assert said(machines, "node1", 2222)


def test_machines_outlive_their_cluster_and_keep_the_cloud(machines: ExistingMachines, servers: Servers) -> None:
    machines.expect({"existing": [HEAD, NODE]})
    servers.used = {"head"}
    assert machines.remove_unused() == (["node1"], ["head"])
    assert machines.leftovers() == ["machine head"]
    servers.used = set()
    assert machines.remove_unused() == (["head"], [])
    assert machines.leftovers() == []
    assert sorted(servers.removed) == ["head", "node1"]


def test_played_machines_keep_no_cloud(machines: ExistingMachines, servers: Servers) -> None:
    servers.are_running = False
    machines.expect({"existing": [HEAD]})
    assert machines.leftovers() == []


def test_those_that_can_not_be_had_are_all_named_and_tried_again_later(
    machines: ExistingMachines, servers: Servers
) -> None:
    servers.refused = {"head", "node1"}
    with pytest.raises(NotAsNamed, match="head: no room\nnode1: no room"):
        machines.expect({"existing": [HEAD, NODE]})
    assert names(machines) == []
    servers.refused = set()
    machines.expect({"existing": [HEAD, NODE]})
    assert names(machines) == ["head", "node1"]


def test_a_boot_that_was_broken_off_is_made_up_for(begin: Callable[[], ExistingMachines], servers: Servers) -> None:
    class Killed(BaseException):
        pass

    def killed(_: Instance) -> str:
        raise Killed

    first = begin()
    servers.boot = killed  # type: ignore[method-assign]
    with pytest.raises(Killed):
        first.expect({"existing": [HEAD]})
    del servers.boot
    second = begin()
    second.expect({"existing": [HEAD]})
    assert said(second, "head") == "head at 172.18.0.1"


def test_a_name_with_another_address_is_refused_by_name(machines: ExistingMachines) -> None:
    machines.expect({"existing": [HEAD]})
    with pytest.raises(NotAsNamed, match=r"head .* 10\.0\.0\.9, .* 10\.0\.0\.1: remove that first"):
        machines.expect({"existing": [{**HEAD, "address": "10.0.0.9"}]})


def test_a_machine_accepts_the_users_key_and_without_one_the_rehearsals(
    machines: ExistingMachines, tmp_path: Path
) -> None:
    by_password = {"name": "node2", "keys": [], "password": "$6$x$y"}
    machines.expect({"existing": [HEAD, {**NODE, "keys": ["ssh-ed25519 AAAA"]}, by_password]})
    keys = {each.name: each.properties["machine"].keys for each, _ in machines.instances()}
    assert keys == {"head": (public_half(tmp_path),), "node1": ("ssh-ed25519 AAAA",), "node2": ()}


def test_a_machine_keeps_its_host_key_and_shares_it_with_no_other(
    begin: Callable[[], ExistingMachines],
) -> None:
    first = begin()
    first.expect({"existing": [HEAD, NODE]})
    keys = [each.properties["public_host_key"] for each, _ in first.instances()]
    assert len(set(keys)) == 2
    assert [each.properties["public_host_key"] for each, _ in begin().instances()] == keys


def test_a_condition_of_one_machine_is_over_that_of_all(machines: ExistingMachines, tmp_path: Path) -> None:
    (tmp_path / "conditions.json").write_text('{"existing": {"gpus": 8}, "machines": {"node1": {"gpus": 7}}}')
    conditions = ExistingConditions(ConditionsFile(tmp_path / "conditions.json", KEYS | SHARED))
    machines.expect({"existing": [HEAD, NODE]})
    described = {each.name: description(each, conditions.machine(each.name)) for each, _ in machines.instances()}
    assert '"gpus": 8' in described["head"]
    assert '"gpus": 7' in described["node1"]


@pytest.mark.parametrize(
    ("condition", "part"),
    [
        ({}, '"sudo": true, "clock": 0'),
        ({"sudo": False, "clock": 3600}, '"sudo": false, "clock": 3600'),
        ({"accepts_keys": False}, '"keys": []'),
    ],
)
def test_what_is_wrong_with_a_machine_is_part_of_its_description(
    machines: ExistingMachines, condition: dict[str, Any], part: str
) -> None:
    machines.expect({"existing": [HEAD]})
    assert part in description(machines.instances()[0][0], condition)


def test_the_release_of_a_machine_is_a_condition(machines: ExistingMachines) -> None:
    machines.expect({"existing": [HEAD]})
    (head, _), platform = machines.instances()[0], ExistingPlatform()
    images: list[Any] = [platform.box(head, given).image for given in ({}, {"release": 13}, {"release": "12"})]
    assert images[0] == images[2]
    assert images[1].startswith("cluster-provision-node-existing-13:")


def test_a_machine_without_an_address_is_known_by_its_names(machines: ExistingMachines) -> None:
    machines.expect({"existing": [HEAD, NODE]})
    aliases = {each.name: ExistingPlatform().box(each, {}).aliases for each, _ in machines.instances()}
    assert aliases == {"head": (), "node1": ("node1", "node1.example.com")}


def test_runs_and_people_reach_them_by_the_rehearsals_own_host(asked: Asked) -> None:
    asked.json("POST", "rehearsal.internal", "/expect", {"existing": [HEAD]})
    (shown,) = asked.json("GET", "rehearsal.internal", "/machines")["machines"]
    assert (shown["name"], shown["project"], shown["host_key"].split()[0]) == ("head", "existing", "ssh-ed25519")
    assert asked.json("GET", "rehearsal.internal", "/leftovers")["empty"] is True, "it is only played"
    assert asked.json("POST", "rehearsal.internal", "/remove-unused") == {"removed": ["head"], "kept": []}
    assert asked.json("GET", "rehearsal.internal", "/machines")["machines"] == []


def test_another_machine_of_the_same_name_is_refused_in_words(asked: Asked) -> None:
    asked.json("POST", "rehearsal.internal", "/expect", {"existing": [HEAD]})
    refused = asked.ask("POST", "rehearsal.internal", "/expect", {"existing": [{**HEAD, "address": "10.0.0.9"}]})
    assert (refused.status, b"head is named with the address 10.0.0.9" in refused.body) == (409, True)
