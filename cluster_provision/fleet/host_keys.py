"""The keys by which hosts prove who they are: those that a known_hosts file names, and those that they show."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.fleet.event_loop import all_of
from cluster_provision.fleet.proxy import connected
from cluster_provision.fleet.way import Way, reason_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncssh import SSHClientConnection

    from cluster_provision.errors import ProvisionError
    from cluster_provision.fleet.model import Host, Route


@dataclass(frozen=True)
class Shown:
    """The key that a host showed, as a line `<type> <base64>`, and its SHA-256 fingerprint; or why it showed none."""

    host: Host
    line: str = ""
    fingerprint: str = ""
    error: ProvisionError | None = None


def known_keys(text: str, names: Sequence[str], address: str, port: int) -> tuple[str, ...]:
    """The keys that a known_hosts file (sshd(8)) holds for a host by any of its names, as lines `<type> <base64>`.

    Raises ValueError with the reason where the text is no such file.
    """
    import asyncssh

    known = asyncssh.import_known_hosts(text)
    found: dict[str, None] = {}
    for name in dict.fromkeys((*names, address)):
        for key in known.match(name, _ip(address), port)[0]:
            found[_line(key)] = None
    return tuple(found)


async def show_keys(
    hosts: Sequence[Host], route: Route, through: SSHClientConnection | None, seconds: float
) -> list[Shown]:
    """Ask every host for its key, without signing in."""
    return await all_of(_show(host, route, through, seconds) for host in hosts)


async def _show(host: Host, route: Route, through: SSHClientConnection | None, seconds: float) -> Shown:
    import asyncssh

    way = Way(host, host.address, host.port, route, through is not None)
    try:
        key = await asyncio.wait_for(_key_of(host, route, through), seconds)
    except TimeoutError:
        return Shown(host, error=way.no_answer(f"no answer within {seconds:g} s"))
    except asyncssh.Error as failure:
        return Shown(host, error=way.no_answer(failure.reason))
    except (OSError, ValueError) as failure:
        return Shown(host, error=way.no_answer(reason_of(failure)))
    if key is None:
        return Shown(host, error=way.no_answer("it shows no host key"))
    return Shown(host, _line(key), key.get_fingerprint())


async def _key_of(host: Host, route: Route, through: SSHClientConnection | None) -> Any:
    import asyncssh

    own: dict[str, Any] = {"tunnel": through if through is not None else ()}
    if through is None and route.proxy:
        own = {"sock": await connected(route.proxy, host.address, host.port)}
    return await asyncssh.get_server_host_key(host.address, host.port, config=None, **own)


def _ip(address: str) -> str:
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(address))
    return ""


def _line(key: Any) -> str:
    return " ".join(key.export_public_key("openssh").decode().split()[:2])
