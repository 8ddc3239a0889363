"""The way to a cluster's machines by Identity-Aware Proxy's relay, each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp.iap.relay import Instance, Relay

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Mapping

    from cluster_provision.fleet.model import Host

NAME = "Identity-Aware Proxy"
PATIENCE_SECONDS = 60.0
"""The proxy may not know a machine in its first minute."""


def dial_to(
    project: str, zones: Mapping[str, str], token: Callable[[], str]
) -> Callable[[Host, int], Awaitable[socket.socket]]:
    """Return what opens a connection to a host's port. `zones` are those of the hosts by name; `token` returns a fresh
    access token."""

    async def dial(host: Host, port: int) -> socket.socket:
        return await Relay(Instance(project, zones[host.name], host.name), port, token).open(PATIENCE_SECONDS)

    return dial
