"""The way to a cluster's machines through its Bastion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.azure.bastion.tokens import Target, Tokens
from cluster_provision.clouds.azure.bastion.tunnel import Tunnel

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Mapping

    from cluster_provision.fleet.model import Host

NAME = "Azure Bastion"
OPENS_SECONDS = 90.0
"""A gateway that answers with nothing is asked for another tunnel, several times."""


def dial_to(
    bastion: str, ids: Mapping[str, str], access_token: Callable[[], str]
) -> Callable[[Host, int], Awaitable[socket.socket]]:
    """Return what opens a connection to a host's port. `bastion` is its name in DNS, `ids` are Azure's ids of the hosts
    by name; `access_token` returns a fresh one for Resource Manager."""
    tokens = Tokens(bastion, access_token)

    async def dial(host: Host, port: int) -> socket.socket:
        return await Tunnel(tokens, Target(host.name, ids[host.name], port)).open()

    return dial
