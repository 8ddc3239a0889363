"""Machines as containers, on an engine in this process."""

from __future__ import annotations

import io
import tarfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docker.errors import DockerException, NotFound

from embedded_cloud.conditions import SHARED, Conditions, ConditionsFile
from embedded_cloud.engine import names
from embedded_cloud.exchange import Answer, Request
from embedded_cloud.machines import node_network
from embedded_cloud.machines.base import BootError, Instance
from embedded_cloud.machines.box import Box
from embedded_cloud.machines.containers import Containers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Platform:
    """A made-up cloud, whose machines of one zone know each other's names."""

    boot_error = "NO_MACHINE"

    def box(self, instance: Instance, condition: Mapping[str, Any]) -> Box:
        alone = instance.zone == "none"
        return Box("image", f"box-{instance.name}", "", hosts=("metadata.x",), files={"/etc/x": "y"}, alone=alone)

    def private_domain(self, instance: Instance) -> str:
        return "" if instance.zone == "open" else f"{instance.zone}.internal"

    def metadata(self, instance: Instance, address: str, request: Request) -> Answer:
        return Answer.text(f"{instance.name} at {address}")


class EngineBox:
    """A container; `files` are those that were put into it, by path."""

    def __init__(self, engine: Engine, name: str, given: dict[str, Any]) -> None:
        self.engine, self.name, self.given, self.status = engine, name, given, "created"
        self.labels = given["labels"]
        self.files: dict[str, str] = {}
        self.attrs: dict[str, Any] = {"NetworkSettings": {"Networks": {}}}
        self.join(names.CLUSTER_NETWORK, given["networking_config"][names.CLUSTER_NETWORK]["ipv4_address"])

    def join(self, network: str, address: str) -> None:
        its = {"IPAddress": "", "IPAMConfig": {"IPv4Address": address}}
        self.attrs["NetworkSettings"]["Networks"][network] = its

    def put_archive(self, _: str, data: bytes) -> None:
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for each in tar.getmembers():
                found = tar.extractfile(each)
                self.files["/" + each.name] = found.read().decode() if found else ""

    def start(self) -> None:
        if self.engine.refuses:
            raise DockerException("no space left on device")
        self.status = "running"

    def reload(self) -> None: ...

    def remove(self, force: bool, v: bool) -> None:
        del self.engine.boxes[self.name]


class Engine:
    def __init__(self) -> None:
        self.boxes: dict[str, EngineBox] = {}
        cloud = {"networking_config": {names.CLUSTER_NETWORK: {"ipv4_address": ""}}, "labels": {}}
        self.boxes[names.CLOUD] = EngineBox(self, names.CLOUD, cloud)
        self.boxes[names.CLOUD].attrs["NetworkSettings"]["Networks"][names.CLUSTER_NETWORK]["IPAddress"] = "172.18.0.2"
        self.refuses = False
        self.containers = SimpleNamespace(get=self.get, create=self.create, list=lambda **_: [])
        self.networks = SimpleNamespace(get=lambda name: SimpleNamespace(connect=self.connect, attrs=CLUSTER))
        self.api = SimpleNamespace(create_endpoint_config=lambda **given: given)

    def info(self) -> dict[str, int]:
        return {"MemTotal": 2 * 1024}

    def get(self, name: str) -> EngineBox:
        if name not in self.boxes:
            raise NotFound("no such container")
        return self.boxes[name]

    def create(self, image: str, name: str, **given: Any) -> EngineBox:
        self.boxes[name] = EngineBox(self, name, {"image": image, **given})
        return self.boxes[name]

    def connect(self, box: EngineBox, ipv4_address: str) -> None:
        box.join(names.METADATA_NETWORK, ipv4_address)

    def close(self) -> None: ...


CLUSTER = {"IPAM": {"Config": [{"Subnet": "172.18.0.0/16"}]}}


def machine(name: str, zone: str = "one") -> Instance:
    return Instance("p", zone, name, f"id-{name}-{zone}", "b", {}, "g")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Without the two servers, which need ports below 1024."""
    made = Engine()
    nobody = SimpleNamespace(serve_forever=lambda: None, shutdown=lambda: None, server_close=lambda: None)
    monkeypatch.setattr(node_network.docker, "from_env", lambda: made)
    for server in ("MetadataServer", "NameServer"):
        monkeypatch.setattr(node_network, server, lambda *_: nobody)
    return made


@pytest.fixture
def network(engine: Engine, tmp_path: Path) -> node_network.NodeNetwork:
    authority = tmp_path / "ca.pem"
    authority.write_text("the authority")
    return node_network.NodeNetwork(authority)


@pytest.fixture
def machines(network: node_network.NodeNetwork, tmp_path: Path) -> Containers:
    return Containers(network, Platform(), Conditions(ConditionsFile(tmp_path / "conditions.json", SHARED)))


def test_a_machine_boots_from_what_its_cloud_says_and_knows_the_door(engine: Engine, machines: Containers) -> None:
    assert machines.boot(machine("a")) == "172.18.128.2"
    box = engine.boxes["box-a"]
    assert (box.status, box.given["image"], box.given["extra_hosts"]) == (
        "running",
        "image",
        {"metadata.x": "169.254.169.254"},
    )
    assert box.files["/etc/x"] == "y"
    assert box.files["/usr/local/share/ca-certificates/rehearsal.crt"] == "the authority"
    assert "NO_PROXY=metadata.x,169.254.169.254,localhost,127.0.0.1\n" in box.files["/etc/environment"]


def test_the_metadata_server_finds_a_machine_by_its_address_until_it_is_removed(
    engine: Engine, network: node_network.NodeNetwork, machines: Containers
) -> None:
    machines.boot(machine("a"))
    asker = network.asker_at("169.254.169.2")
    assert asker is not None
    got = asker.platform.metadata(asker.instance, asker.address, Request("GET", "169.254.169.254", "/"))
    assert got.body == b"a at 172.18.128.2"
    machines.remove(machine("a"))
    assert network.asker_at("169.254.169.2") is None
    assert "box-a" not in engine.boxes


def test_a_machine_of_no_cloud_finds_no_metadata_server_and_no_door(engine: Engine, machines: Containers) -> None:
    assert machines.boot(machine("a", "none")) == "172.18.128.2"
    box = engine.boxes["box-a"]
    assert list(box.attrs["NetworkSettings"]["Networks"]) == [names.CLUSTER_NETWORK]
    assert box.files == {"/etc/x": "y"}
    assert box.given["dns"] == ["172.18.0.2"]


def test_machines_know_each_other_by_name_in_one_domain_only(
    network: node_network.NodeNetwork, machines: Containers
) -> None:
    for each in (machine("a"), machine("B"), machine("c", "two"), machine("d", "open")):
        machines.boot(each)
    of_a, of_d = "169.254.169.2", "169.254.169.5"
    assert network.address_of(of_a, "b") == network.address_of(of_a, "b.one.internal") == "172.18.128.3"
    assert network.address_of(of_a, "c") is None
    assert network.address_of(of_d, "d") is None
    assert network.address_of("169.254.169.9", "a") is None


def test_what_the_engine_refuses_is_the_clouds_own_error(engine: Engine, machines: Containers) -> None:
    engine.refuses = True
    with pytest.raises(BootError, match="no container for a: no space left") as refused:
        machines.boot(machine("a"))
    assert refused.value.code == "NO_MACHINE"


def test_a_condition_keeps_a_machine_from_starting(engine: Engine, machines: Containers, tmp_path: Path) -> None:
    (tmp_path / "conditions.json").write_text('{"machines": {"a": {"starts": false}}}')
    machines.boot(machine("a"))
    assert engine.boxes["box-a"].status == "created"
