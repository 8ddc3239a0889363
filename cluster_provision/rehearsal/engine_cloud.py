"""The container `rehearsal-cloud`, which all rehearsals on an engine share. It removes itself."""

from __future__ import annotations

import contextlib
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound

from cluster_provision import __version__
from cluster_provision.errors import MachineError
from embedded_cloud.engine import names, networks
from embedded_cloud.engine.failures import ENGINE_FAILURES

if TYPE_CHECKING:
    from pathlib import Path

    from docker.models.containers import Container

    from cluster_provision.rehearsal.engine_host import EngineHost

FOLDER = "/var/lib/rehearsal-cloud"
GONE_SECONDS = 15.0
POLL_SECONDS = 0.02
KILLED = 128 + 9  # the engine ends a container so when it is removed


@dataclass(frozen=True)
class EngineCloud:
    """The container; the embedded cloud in it may still be starting.

    `folder` is its folder, inside; `undo` removes what this run has made, if the start fails.
    """

    host: EngineHost
    box: Container
    folder: str
    undo: ExitStack

    @property
    def is_of_this_build(self) -> bool:
        return bool(self.box.attrs["Image"] == self.host.tool_image)

    @property
    def build(self) -> str:
        return str(self.box.labels.get(names.LABEL_VERSION, "of unknown version"))

    def address(self) -> tuple[str, int] | None:
        """Return this process's way to the door: on the cluster's network, else the port published on loopback.

        None while the container isn't running. Raises NotFound once it has removed itself.
        """
        self.box.reload()
        settings = self.box.attrs["NetworkSettings"]
        if self.host.joins_networks:
            own = str(settings["Networks"].get(names.CLUSTER_NETWORK, {}).get("IPAddress", ""))
            return (own, names.DOOR_PORT) if own else None
        published = settings["Ports"].get(f"{names.DOOR_PORT}/tcp")
        return (str(published[0]["HostIp"]), int(published[0]["HostPort"])) if published else None

    def last_words(self) -> str | None:
        """Return the container's last output, if it has ended in any way but by being removed."""
        self.box.reload()
        if self.box.status != "exited" or self.box.attrs["State"]["ExitCode"] == KILLED:
            return None
        return self.box.logs(tail=5).decode(errors="replace").strip()

    def leave(self) -> None:
        """Disconnect this process's own container from the cluster's network."""
        if self.host.joins_networks and self.host.own is not None:
            networks.leave(self.host.engine, self.host.own)

    def wait_gone(self) -> bool:
        """Wait for the container to remove itself, and return whether it did in time."""
        deadline = time.monotonic() + GONE_SECONDS
        while time.monotonic() < deadline:
            try:
                self.box.reload()
            except NotFound:
                return True
            time.sleep(POLL_SECONDS)
        return False


def start(host: EngineHost, folder: Path | None) -> EngineCloud:
    """Start the container, or find it. A failed start removes what it made. Raises MachineError."""
    place = host.place_of(folder) if folder else None
    image = host.tool_image
    with ExitStack() as undo:
        networks.ensure(host.engine, undo)
        box = _find(host, folder, place) or _create(host, folder, place, image, undo)
        if box.status != "running":
            networks.join_as_metadata_server(host.engine, box)
            box.start()
        if host.joins_networks and host.own is not None:
            undo.callback(networks.leave, host.engine, host.own)
            networks.join(host.engine, host.own)
        made = undo.pop_all()
    return EngineCloud(host, box, box.labels[names.LABEL_FOLDER], made)


def _find(host: EngineHost, folder: Path | None, place: str | None) -> Container | None:
    try:
        box = host.engine.containers.get(names.CLOUD)
    except NotFound:
        return None
    if names.LABEL not in box.labels:
        raise MachineError(
            f"the engine's container {names.CLOUD} ({box.short_id}) isn't a rehearsal's, but has its name",
            f"Rename or remove it: docker rename {names.CLOUD} <another name>.",
        )
    if place is not None and place != (other := box.labels.get(names.LABEL_PLACE, "")):
        raise MachineError(
            f"REHEARSE_DIR={folder}, but the rehearsal's cloud on this engine keeps its clusters in "
            f"{other or 'its own container'}" + (f", not in {place}" if str(folder) != place else ""),
            "Destroy its clusters first, or set REHEARSE_DIR as it was for them.",
        )
    return box


def _create(host: EngineHost, folder: Path | None, place: str | None, image: str, undo: ExitStack) -> Container:
    inside = str(folder) if folder else FOLDER
    command = ["--machines", "containers", "--until", "empty", "--listen", "0.0.0.0"]  # noqa: S104 - in its own container
    labels = {names.LABEL_FOLDER: inside, names.LABEL_PLACE: place or "", names.LABEL_VERSION: __version__}
    try:
        box = host.engine.containers.create(
            image,
            name=names.CLOUD,
            hostname=names.CLOUD,
            labels=names.labels("cloud") | labels,
            entrypoint=["python3", "-m", "embedded_cloud.cloud"],
            command=[*command, "--port", str(names.DOOR_PORT), "--folder", inside],
            working_dir="/opt/cluster-provision",
            # Without a folder of the user's, the store is in the container itself, and ends with it.
            volumes=[f"{host.socket}:/var/run/docker.sock", *([f"{place}:{inside}"] if place else [])],
            network=names.CLUSTER_NETWORK,
            cap_add=["NET_ADMIN"],  # public addresses are additional ones of its own
            ports={f"{names.DOOR_PORT}/tcp": ("127.0.0.1", 0)},  # 0: the engine chooses a free one
        )
    except APIError as error:
        if error.status_code == 409 and (found := _find(host, folder, place)) is not None:
            return found  # another run was faster
        raise
    undo.callback(_remove, box)
    return box


def _remove(box: Container) -> None:
    with contextlib.suppress(*ENGINE_FAILURES):
        box.remove(force=True, v=True)
