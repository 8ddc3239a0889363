"""The image that nodes boot from: made by `make demo`, or here from the tool's own files the first time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, BuildError, ImageNotFound

from ..errors import MachineError
from . import engine_names as names

if TYPE_CHECKING:
    from collections.abc import Callable

    import docker

FILES = Path(__file__).parent / "images" / "node"


def ensure_node_image(engine: docker.DockerClient, say: Callable[[str], None]) -> None:
    """Raises MachineError where it is not there and can't be built."""
    if _has(engine, names.NODE_IMAGE):
        return
    say(f"building {names.NODE_IMAGE}, from which nodes boot; once, about a minute")
    # A base image that scripts/base_images.sh made on this machine, where no registry answers.
    bases = {"DEBIAN_IMAGE": names.DEBIAN_MADE_HERE} if _has(engine, names.DEBIAN_MADE_HERE) else {}
    try:
        engine.images.build(path=str(FILES), tag=names.NODE_IMAGE, buildargs=bases, rm=True)
    except (BuildError, APIError) as error:
        raise MachineError(
            f"the image {names.NODE_IMAGE}, from which nodes boot, can't be built: {error}",
            "In a checkout 'scripts/images.sh node' builds it, even without a registry; REHEARSE=plan needs none.",
        ) from error


def _has(engine: docker.DockerClient, name: str) -> bool:
    try:
        engine.images.get(name)
    except ImageNotFound:
        return False
    return True
