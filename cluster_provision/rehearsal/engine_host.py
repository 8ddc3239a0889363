"""The container engine as this process sees it: from the tool's own container, or from the engine's machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import docker
from docker.errors import ImageNotFound, NotFound

from cluster_provision.container import MOUNTS
from cluster_provision.errors import MachineError
from cluster_provision.rehearsal.own_container import own_id
from embedded_cloud.engine import names
from embedded_cloud.engine.failures import ENGINE_FAILURES

if TYPE_CHECKING:
    from docker.models.containers import Container

SOCKET = "/var/run/docker.sock"

NO_ENGINE = (
    f"Give the container the engine's socket (docker run -v {SOCKET}:{SOCKET} …), "
    "or rehearse with REHEARSE=plan, which needs no engine."
)


@dataclass(frozen=True)
class EngineHost:
    """`own` is the container that this process runs in, None on the engine's own machine."""

    engine: docker.DockerClient
    own: Container | None

    @property
    def joins_networks(self) -> bool:
        """Whether this process reaches a network of the engine by connecting its container to it."""
        return self.own is not None and self.own.attrs["HostConfig"]["NetworkMode"] != "host"

    @property
    def tool_image(self) -> str:
        """Return the tool's own image, from which the embedded cloud starts. Raises MachineError."""
        if self.own is not None:
            return str(self.own.attrs["Image"])
        try:
            return str(self.engine.images.get(names.TOOL_IMAGE).id)
        except ImageNotFound:
            raise MachineError(
                f"the engine has no image {names.TOOL_IMAGE}, from which the embedded cloud starts",
                "Build it with 'scripts/images.sh rehearsal node', or rehearse with REHEARSE=plan.",
            ) from None

    @property
    def socket(self) -> str:
        """The engine's socket, as a path on the engine's own machine."""
        given = os.environ.get("DOCKER_HOST", "")
        here = given.removeprefix("unix://") if given.startswith("unix://") else SOCKET
        return self._mounted(Path(here)) or here

    def place_of(self, folder: Path) -> str:
        """Return what to mount so that another container finds `folder` there.

        That is a volume's name, or a folder of the engine's own machine. Raises MachineError for a folder of this
        container alone.
        """
        if self.own is None:
            return str(folder.absolute())
        place = self._mounted(folder)
        if place is None:
            raise MachineError(
                f"REHEARSE_DIR={folder} is a folder of this container alone",
                f"Mount it (docker run -v <folder or volume>:{folder} …), or leave REHEARSE_DIR unset.",
            )
        return place

    def _mounted(self, path: Path) -> str | None:
        """Return where `path`, or the nearest mounted folder above it, is on the engine's own machine."""
        mounts = {m["Destination"]: m for m in self.own.attrs["Mounts"]} if self.own is not None else {}
        for wanted in (path, path.resolve()):
            for above in (wanted, *wanted.parents):
                if mount := mounts.get(str(above)):
                    whole_volume = mount["Type"] == "volume" and above == wanted
                    return str(mount["Name"] if whole_volume else Path(mount["Source"]) / wanted.relative_to(above))
        return None


def find_host() -> EngineHost:
    """Connect to the engine. Raises MachineError if none answers."""
    try:
        engine = docker.from_env()
        engine.ping()
    except ENGINE_FAILURES as error:
        message = f"REHEARSE=yes boots nodes as containers, but no container engine answers: {error}"
        raise MachineError(message, NO_ENGINE) from error
    return EngineHost(engine, _own_container(engine))


def _own_container(engine: docker.DockerClient) -> Container | None:
    identity = own_id(MOUNTS.read_text(encoding="utf-8")) if MOUNTS.exists() else None
    if identity is None:
        return None
    try:
        return engine.containers.get(identity)
    except NotFound:
        return None  # this container belongs to another engine than the one that answers
