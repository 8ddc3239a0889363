"""The last act of an embedded cloud in a container: nothing of the rehearsal stays on the engine, itself included."""

from __future__ import annotations

import contextlib

import docker
from docker.errors import NotFound

from embedded_cloud.engine import names, networks
from embedded_cloud.engine.failures import ENGINE_FAILURES


def remove_all(engine: docker.DockerClient | None = None) -> None:
    """Remove nodes that the empty cloud knows nothing of, volumes, networks, and at last this process's container.

    It goes by the engine's socket, so it needs none of the networks; the engine kills this process with its container.
    """
    engine = engine or docker.from_env()
    for node in engine.containers.list(all=True, ignore_removed=True, filters={"label": f"{names.LABEL}=node"}):
        with contextlib.suppress(*ENGINE_FAILURES):  # one that can't be removed keeps nothing else
            node.remove(force=True, v=True)
    for volume in engine.volumes.list(filters={"label": names.LABEL}):
        with contextlib.suppress(*ENGINE_FAILURES):
            volume.remove()
    networks.remove(engine)
    with contextlib.suppress(NotFound):
        engine.containers.get(names.CLOUD).remove(force=True, v=True)
