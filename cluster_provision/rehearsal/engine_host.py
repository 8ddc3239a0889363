"""The container engine as this process sees it: from the tool's own container, or from the engine's own machine."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import docker
from docker.errors import DockerException, ImageNotFound, NotFound

from ..errors import MachineError
from . import engine_names as names

if TYPE_CHECKING:
    from docker.models.containers import Container

SOCKET = "/var/run/docker.sock"
MOUNTS = Path("/proc/self/mountinfo")
# The engine mounts a container's own hosts file (and two more) from its folder of that container.
OWN_FOLDER = re.compile(r"/containers/([0-9a-f]{64})/(?:hostname|hosts|resolv\.conf) /etc/")

NO_ENGINE = (
    f"Give the container the engine's socket (docker run -v {SOCKET}:{SOCKET} …), "
    "or rehearse with REHEARSE=plan, which needs no engine."
)


@dataclass(frozen=True)
class Host:
    """`own` is the container that this process runs in, None on the engine's own machine."""

    engine: docker.DockerClient
    own: Container | None

    @property
    def joins_networks(self) -> bool:
        """Whether this process reaches a network of the engine by having its container connected to it."""
        return self.own is not None and self.own.attrs["HostConfig"]["NetworkMode"] != "host"

    @property
    def tool_image(self) -> str:
        """The image that the embedded cloud starts from: the tool's own. Raises MachineError."""
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
        """What to mount so that another container finds `folder` there: a volume's name, or a folder of the engine's
        own machine. Raises MachineError where it is a folder of this container alone."""
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
        mounts = self.own.attrs["Mounts"] if self.own is not None else []
        at = (mount for mount in mounts if Path(mount["Destination"]) in (path, path.resolve()))
        return next((str(mount["Name"] if mount["Type"] == "volume" else mount["Source"]) for mount in at), None)


def find_host() -> Host:
    """Raises MachineError where no engine answers."""
    try:
        engine = docker.from_env()
        engine.ping()
    except DockerException as error:
        message = f"REHEARSE=yes boots nodes as containers, but no container engine answers: {error}"
        raise MachineError(message, NO_ENGINE) from error
    return Host(engine, _own_container(engine))


def own_id(mounts: str) -> str | None:
    """The id of the container that has this /proc/self/mountinfo; None outside of containers."""
    found = OWN_FOLDER.search(mounts)
    return found[1] if found else None


def _own_container(engine: docker.DockerClient) -> Container | None:
    identity = own_id(MOUNTS.read_text()) if MOUNTS.exists() else None
    if identity is None:
        return None
    try:
        return engine.containers.get(identity)
    except NotFound:
        return None  # a container of another engine than the one that answers here
