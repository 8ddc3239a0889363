"""The two networks of a rehearsal: where nodes meet, and where they ask for their metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from . import engine_names as names
from .machines.metadata import ADDRESS

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container


def ensure(engine: docker.DockerClient) -> None:
    """Make both, the metadata network first: nothing may ask for its address before it leads here."""
    # Without an address of its own on that network the engine's machine keeps its way to the real metadata server, if
    # it is a virtual machine of Google's itself.
    _ensure(
        engine,
        names.METADATA_NETWORK,
        internal=True,
        ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=names.METADATA_SUBNET)]),
        options={"com.docker.network.bridge.inhibit_ipv4": "true"},
    )
    # Not `internal`, which would publish no ports; without masquerade nothing finds its way back from outside.
    _ensure(engine, names.CLUSTER_NETWORK, options={"com.docker.network.bridge.enable_ip_masquerade": "false"})


def join_as_metadata_server(engine: docker.DockerClient, box: Container) -> None:
    _connect(engine, names.METADATA_NETWORK, box, ADDRESS)


def join(engine: docker.DockerClient, box: Container) -> None:
    _connect(engine, names.CLUSTER_NETWORK, box)


def leave(engine: docker.DockerClient, box: Container) -> None:
    try:
        engine.networks.get(names.CLUSTER_NETWORK).disconnect(box, force=True)
    except (NotFound, APIError):
        return  # it is off already


def members(engine: docker.DockerClient) -> set[str]:
    """The ids of the running containers on the cluster's network."""
    return set(engine.networks.get(names.CLUSTER_NETWORK).attrs["Containers"])


def remove(engine: docker.DockerClient) -> None:
    for network in engine.networks.list(filters={"label": names.LABEL}):
        network.remove()


def _ensure(engine: docker.DockerClient, name: str, **how: object) -> None:
    if not engine.networks.list(names=[name], filters={"label": names.LABEL}):
        engine.networks.create(name, driver="bridge", check_duplicate=True, labels=names.labels("network"), **how)  # type: ignore[arg-type]


def _connect(engine: docker.DockerClient, name: str, box: Container, address: str | None = None) -> None:
    box.reload()
    if name not in box.attrs["NetworkSettings"]["Networks"]:
        engine.networks.get(name).connect(box, ipv4_address=address)
