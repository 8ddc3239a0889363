"""A container engine in this process: what docker's objects do, as far as a rehearsal asks it of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from docker.errors import APIError, NotFound

from cluster_provision.rehearsal.engine_host import EngineHost
from embedded_cloud.engine import names

IMAGE = "sha256:this-build"


def refusal(status: int, why: str) -> APIError:
    return APIError(why, response=cast("Any", SimpleNamespace(status_code=status, reason=why, url="")), explanation=why)


@dataclass(eq=False)
class Network:
    engine: Engine
    name: str
    labels: dict[str, str]
    subnet: str = ""
    members: list[str] = field(default_factory=list)
    short_id: str = "4e7"

    @property
    def attrs(self) -> dict[str, Any]:
        ipam = {"Config": [{"Subnet": self.subnet}] if self.subnet else []}
        return {"Labels": self.labels, "IPAM": ipam, "Containers": dict.fromkeys(self.members)}

    def reload(self) -> None: ...

    def connect(self, box: Box, ipv4_address: str | None = None) -> None:
        self.members.append(box.id)

    def disconnect(self, box: Box | str, force: bool = False) -> None:
        self.members.remove(box if isinstance(box, str) else box.id)

    def remove(self) -> None:
        if self not in self.engine.all_networks:
            raise NotFound("no such network")
        if self.members:
            raise refusal(403, "network has active endpoints")
        self.engine.all_networks.remove(self)


@dataclass(eq=False)
class Box:
    engine: Engine
    id: str
    labels: dict[str, str]
    image: str = IMAGE
    status: str = "created"
    exit_code: int = 0
    short_id: str = "c0f"

    @property
    def attrs(self) -> dict[str, Any]:
        on = {n.name: {"IPAddress": "10.0.0.2"} for n in self.engine.all_networks if self.id in n.members}
        settings = {"Networks": on, "Ports": {}}
        return {"Image": self.image, "NetworkSettings": settings, "State": {"ExitCode": self.exit_code}}

    def reload(self) -> None:
        if self.engine.boxes.get(self.id) is not self:
            raise NotFound("no such container")

    def start(self) -> None:
        if self.engine.start_fails:
            raise refusal(500, "no space left on device")
        self.status = "running"

    def logs(self, tail: int) -> bytes:
        return b"its last words\n"

    def remove(self, force: bool, v: bool) -> None:
        self.reload()
        del self.engine.boxes[self.id]
        for network in self.engine.all_networks:
            network.members = [member for member in network.members if member != self.id]


@dataclass(eq=False)
class Volume:
    engine: Engine
    name: str
    labels: dict[str, str]

    def remove(self) -> None:
        self.engine.all_volumes.remove(self)


class Engine:
    """The engine, and in `boxes`, `all_networks` and `all_volumes` what is on it."""

    def __init__(self) -> None:
        self.boxes: dict[str, Box] = {}
        self.all_networks: list[Network] = []
        self.all_volumes: list[Volume] = []
        self.start_fails = False
        self.containers = SimpleNamespace(get=self._box, create=self._create, list=self._boxes)
        self.networks = SimpleNamespace(get=self._network, create=self._create_network, list=self._networks)
        self.volumes = SimpleNamespace(list=self._volumes)

    def host(self, own: Box | None = None) -> EngineHost:
        """This engine, from the container `own` or from its own machine."""
        if own is None:
            self.images = SimpleNamespace(get=lambda _: SimpleNamespace(id=IMAGE))
            return EngineHost(cast("Any", self), None)
        self.boxes[own.id] = own
        mine = SimpleNamespace(attrs={"Mounts": [], "HostConfig": {"NetworkMode": "bridge"}, "Image": IMAGE})
        for name in ("id", "reload"):
            setattr(mine, name, getattr(own, name))
        mine.attrs["NetworkSettings"] = own.attrs["NetworkSettings"]
        return EngineHost(cast("Any", self), cast("Any", mine))

    def traces(self) -> list[str]:
        boxes = [box.id for box in self._boxes(True, {"label": names.LABEL})]
        return sorted([*boxes, *(n.name for n in self._networks()), *(v.name for v in self.all_volumes)])

    def _box(self, name: str) -> Box:
        if name not in self.boxes:
            raise NotFound("no such container")
        return self.boxes[name]

    def _boxes(self, all: bool, filters: dict[str, str], ignore_removed: bool = False) -> list[Box]:
        label, _, value = filters["label"].partition("=")
        return [box for box in self.boxes.values() if label in box.labels and value in ("", box.labels[label])]

    def _create(self, image: str, name: str, labels: dict[str, str], network: str, **_: Any) -> Box:
        if name in self.boxes:
            raise refusal(409, f"the name {name} is in use")
        self.boxes[name] = Box(self, name, labels, image)
        self._network(network).members.append(name)
        return self.boxes[name]

    def _network(self, name: str) -> Network:
        found = next((network for network in self.all_networks if network.name == name), None)
        if found is None:
            raise NotFound(f"network {name} not found")
        return found

    def _create_network(self, name: str, labels: dict[str, str], ipam: Any = None, **_: Any) -> Network:
        subnet = ipam["Config"][0]["Subnet"] if ipam else f"172.{18 + len(self.all_networks)}.0.0/16"
        if subnet and any(network.subnet == subnet for network in self.all_networks):
            raise refusal(403, "Pool overlaps with other one on this address space")
        self.all_networks.append(Network(self, name, labels, subnet))
        return self.all_networks[-1]

    def _volumes(self, filters: dict[str, str]) -> list[Volume]:
        return [volume for volume in self.all_volumes if filters["label"] in volume.labels]

    def _networks(self, names: list[str] | None = None, filters: dict[str, str] | None = None) -> list[Network]:
        """As the engine does it: a name finds all that it is a part of."""
        found = [n for n in self.all_networks if not names or any(name in n.name for name in names)]
        return [n for n in found if not filters or filters["label"] in n.labels]
