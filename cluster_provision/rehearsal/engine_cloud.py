"""The container `rehearsal-cloud`: started once on an engine, shared by all rehearsals there, gone without a trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound

from ..errors import MachineError
from . import engine_names as names
from . import engine_networks as networks

if TYPE_CHECKING:
    from pathlib import Path

    from docker.models.containers import Container

    from .engine_host import Host

FOLDER = "/var/lib/rehearsal-cloud"


@dataclass(frozen=True)
class EngineCloud:
    """The container; the embedded cloud in it may still be starting. `folder` is its folder, inside."""

    host: Host
    box: Container
    folder: str

    def address(self) -> tuple[str, int] | None:
        """Where this process reaches the door: on the cluster's network, else at the port published on loopback.

        None while the container isn't running.
        """
        self.box.reload()
        settings = self.box.attrs["NetworkSettings"]
        if self.host.joins_networks:
            own = str(settings["Networks"][names.CLUSTER_NETWORK]["IPAddress"])
            return (own, names.DOOR_PORT) if own else None
        published = settings["Ports"].get(f"{names.DOOR_PORT}/tcp")
        return (str(published[0]["HostIp"]), int(published[0]["HostPort"])) if published else None

    def last_words(self) -> str | None:
        """What the container said at last, where it has ended."""
        self.box.reload()
        return self.box.logs(tail=5).decode(errors="replace") if self.box.status == "exited" else None

    def leave(self) -> None:
        """Take this process's own container off the cluster's network."""
        if self.host.joins_networks and self.host.own is not None:
            networks.leave(self.host.engine, self.host.own)

    def remove(self) -> None:
        """Remove the container, the networks and the volume; not while another run stands on the network."""
        own = {str(box.id) for box in (self.box, self.host.own) if box is not None}
        if networks.members(self.host.engine) - own:
            return
        self.box.remove(force=True, v=True)  # killed: what it would still write is about to be deleted
        self.leave()
        networks.remove(self.host.engine)
        for volume in self.host.engine.volumes.list(filters={"label": names.LABEL}):
            volume.remove()


def start(host: Host, folder: Path | None) -> EngineCloud:
    """Start the container, or find it. Raises MachineError."""
    networks.ensure(host.engine)
    box = _find(host) or _create(host, folder)
    if box.status != "running":
        networks.join_as_metadata_server(host.engine, box)
        box.start()
    if host.joins_networks and host.own is not None:
        networks.join(host.engine, host.own)
    return EngineCloud(host, box, box.labels[names.LABEL_FOLDER])


def _find(host: Host) -> Container | None:
    try:
        box = host.engine.containers.get(names.CLOUD)
    except NotFound:
        return None
    if names.LABEL not in box.labels:
        raise MachineError(f"a container that isn't a rehearsal's has the name {names.CLOUD}", "Rename or remove it.")
    return box


def _create(host: Host, folder: Path | None) -> Container:
    inside = str(folder) if folder else FOLDER
    place = host.place_of(folder) if folder else names.VOLUME
    if not folder:
        host.engine.volumes.create(names.VOLUME, labels=names.labels("volume"))
    command = ["--machines", "containers", "--listen", "0.0.0.0", "--port", str(names.DOOR_PORT), "--folder", inside]  # noqa: S104 - in its own container
    try:
        return host.engine.containers.create(
            host.tool_image,
            name=names.CLOUD,
            hostname=names.CLOUD,
            labels=names.labels("cloud") | {names.LABEL_FOLDER: inside},
            entrypoint=["python3", "-m", "cluster_provision.rehearsal.cloud"],
            command=command,
            working_dir="/opt/cluster-provision",
            volumes=[f"{host.socket}:/var/run/docker.sock", f"{place}:{inside}"],
            network=names.CLUSTER_NETWORK,
            ports={f"{names.DOOR_PORT}/tcp": ("127.0.0.1", 0)},  # 0: the engine takes a free one
        )
    except APIError as error:
        if error.status_code == 409 and (box := _find(host)) is not None:
            return box  # another run was faster
        raise
