"""The two networks of a rehearsal: one between the nodes, one to the metadata server."""

from __future__ import annotations

import contextlib
import ipaddress
import time
from typing import TYPE_CHECKING, Any

from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from embedded_cloud.engine import names
from embedded_cloud.engine.failures import ENGINE_FAILURES
from embedded_cloud.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    import docker
    from docker.models.containers import Container
    from docker.models.networks import Network

ANOTHERS_SECONDS = 5.0
POLL_SECONDS = 0.05


def ensure(engine: docker.DockerClient, undo: ExitStack) -> None:
    """Make both, the metadata network first: nothing may ask for its address before it leads here.

    What is made here, `undo` removes. Raises CloudError where something else has the name or the addresses.
    """
    # Without an address of its own on that network the engine's machine keeps its way to the real metadata server, if
    # it is a virtual machine of Google's itself.
    made = _ensure(engine, undo, names.METADATA_NETWORK, _metadata_network)
    # Of two runs at once only the one that got the addresses makes the other network: names are not kept from being
    # given twice.
    if not made:
        _wait_for(engine, names.CLUSTER_NETWORK)
    _ensure(engine, undo, names.CLUSTER_NETWORK, lambda: _cluster_network(engine))


def _metadata_network() -> dict[str, Any]:
    return {
        "internal": True,
        "ipam": IPAMConfig(pool_configs=[IPAMPool(subnet=names.METADATA_SUBNET)]),
        "options": {"com.docker.network.bridge.inhibit_ipv4": "true"},
    }


def _cluster_network(engine: docker.DockerClient) -> dict[str, Any]:
    """Not `internal`, which would publish no ports; without masquerade nothing finds its way back from outside.

    The engine itself chooses addresses that are free here; a network that names them can then give nodes addresses
    which they keep, those of the upper half.
    """
    probe = engine.networks.create(f"{names.CLUSTER_NETWORK}-probe", driver="bridge", labels=names.labels("network"))
    try:
        probe.reload()
        subnet = ipaddress.ip_network(probe.attrs["IPAM"]["Config"][0]["Subnet"])
    finally:
        probe.remove()
    lower, _ = subnet.subnets()
    return {
        "ipam": IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet), iprange=str(lower), gateway=str(subnet[1]))]),
        "options": {"com.docker.network.bridge.enable_ip_masquerade": "false"},
    }


def join_as_metadata_server(engine: docker.DockerClient, box: Container) -> None:
    _connect(engine, names.METADATA_NETWORK, box, names.METADATA_ADDRESS)


def join(engine: docker.DockerClient, box: Container) -> None:
    _connect(engine, names.CLUSTER_NETWORK, box)


def leave(engine: docker.DockerClient, box: Container) -> None:
    with contextlib.suppress(APIError):  # it is off already, or the network is gone
        engine.networks.get(names.CLUSTER_NETWORK).disconnect(box, force=True)


def remove(engine: docker.DockerClient) -> None:
    """Remove both, whatever is still connected to them."""
    for network in engine.networks.list(filters={"label": names.LABEL}):
        with contextlib.suppress(*ENGINE_FAILURES):  # the next one all the same
            network.reload()
            for member in network.attrs["Containers"]:
                with contextlib.suppress(APIError):
                    network.disconnect(member, force=True)
            network.remove()


def _wait_for(engine: docker.DockerClient, name: str) -> None:
    """Wait until another run has made the network, or takes too long for it."""
    deadline = time.monotonic() + ANOTHERS_SECONDS
    while not _found(engine, name) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def _ensure(engine: docker.DockerClient, undo: ExitStack, name: str, how: Callable[[], dict[str, Any]]) -> bool:
    """Make the network where it is missing. Returns whether it was made here."""
    deadline = time.monotonic() + ANOTHERS_SECONDS
    while not _found(engine, name):
        try:
            made = engine.networks.create(
                name,
                driver="bridge",
                check_duplicate=True,
                labels=names.labels("network"),
                **how(),
            )
        except APIError as error:
            overlaps = "overlaps" in str(error)
            if not overlaps and error.status_code != 409:
                raise
            # Another run may be making it: the engine gives its addresses away before it lists the network.
            if time.monotonic() > deadline or (overlaps and _holders(engine, name)):
                raise _taken(engine, name) if overlaps else error from error
            time.sleep(POLL_SECONDS)
        else:
            undo.callback(_remove_unused, made)
            return True
    return False


def _found(engine: docker.DockerClient, name: str) -> bool:
    """Whether the network is there. Raises CloudError where it isn't a rehearsal's."""
    same = [network for network in engine.networks.list(names=[name]) if network.name == name]  # the engine finds parts
    if foreign := [network for network in same if names.LABEL not in (network.attrs.get("Labels") or {})]:
        raise CloudError(
            f"the engine's network {name} ({foreign[0].short_id}) isn't a rehearsal's, but has its name",
            f"Where nothing needs it: docker network rm {foreign[0].short_id}. REHEARSE=plan needs none.",
        )
    return bool(same)


def _taken(engine: docker.DockerClient, name: str) -> CloudError:
    taken = " ".join(_holders(engine, name))
    who = f"the engine's network {taken}" if taken else "another network of this machine"
    remedy = f"Where nothing needs it: docker network rm {taken}. Or rehearse" if taken else "Free them, or rehearse"
    return CloudError(
        f"{who} has the addresses {names.METADATA_SUBNET}, at which nodes find their metadata server",
        f"{remedy} with REHEARSE=plan, which needs no network.",
    )


def _holders(engine: docker.DockerClient, name: str) -> list[str]:
    """The other networks of the engine that have addresses of the metadata network's."""
    wanted = ipaddress.ip_network(names.METADATA_SUBNET)
    others = [network for network in engine.networks.list() if network.name != name]
    return [str(network.name) for network in others if any(wanted.overlaps(each) for each in _subnets(network))]


def _subnets(network: Network) -> list[ipaddress.IPv4Network]:
    configured = (network.attrs.get("IPAM") or {}).get("Config") or ()
    given = [ipaddress.ip_network(each["Subnet"]) for each in configured if each.get("Subnet")]
    return [each for each in given if isinstance(each, ipaddress.IPv4Network)]


def _remove_unused(network: Network) -> None:
    with contextlib.suppress(*ENGINE_FAILURES):  # another run uses it by now
        network.remove()


def _connect(engine: docker.DockerClient, name: str, box: Container, address: str | None = None) -> None:
    try:
        if not _stands_on(box, name):
            engine.networks.get(name).connect(box, ipv4_address=address)
    except NotFound:
        raise
    except APIError:
        if not _stands_on(box, name):  # and not another run, which was faster
            raise


def _stands_on(box: Container, name: str) -> bool:
    box.reload()
    return name in box.attrs["NetworkSettings"]["Networks"]
