"""The machines of a cluster for SSH: their addresses, the way to the head, and the keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable
    from pathlib import Path


@dataclass(frozen=True)
class Host:
    """One machine: its own `name`, and the `address` by which the cluster's other machines reach it.

    `host_keys` are the public keys that it reported itself (`ssh-ed25519 AAAA…`, a line each). The tool never connects
    to a host without any, since it could not prove which machine answers. `port` is its sshd's.
    `user`, `key_file` and `password` are the host's own, where they differ from the fleet's.
    """

    name: str
    address: str
    host_keys: tuple[str, ...] = ()
    port: int = 22
    user: str = ""
    key_file: Path | None = None
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Endpoint:
    """The head's address for this machine: a load balancer's address and port, or the head's own."""

    address: str
    port: int = 22


@dataclass(frozen=True)
class Route:
    """The way to hosts that each have an address of their own: through the host `jump`, by an HTTP proxy that lets
    CONNECT through (`http://host:port`), by both in that order from the far end, or straight."""

    jump: Host | None = None
    proxy: str = ""


@dataclass(frozen=True)
class Relayed:
    """A cloud's own way to machines, for which they need no address from outside: `dial` opens a connection to a host's
    port, and raises ProvisionError; `name` is what it is called.

    It leads to the head alone, or to `each` host, and may take `opens` seconds for it besides what SSH takes. A host
    that refuses a key is asked again for `settles` seconds; `advice` is for the one that refuses it still.
    """

    name: str
    dial: Callable[[Host, int], Awaitable[socket.socket]] = field(repr=False)
    each: bool = False
    opens: float = 0.0
    settles: float = 0.0
    advice: str = ""


@dataclass(frozen=True)
class Keys:
    """The keys to sign in with, beside those of an agent (SSH_AUTH_SOCK).

    `private` is a key that the tool made and still has, in OpenSSH's form; `path` is the user's own file.
    """

    private: bytes | None = field(default=None, repr=False)
    path: Path | None = None


@dataclass(frozen=True)
class Fleet:
    """A cluster's machines, `hosts` in the order of its hostfile with the head first.

    `size` is the cloud's name for each machine's size (`Standard_ND96isr_H200_v5`), empty if unknown.
    With a `route`, each host is reached at its own address; without one, through the head, which is at `endpoint`, or
    behind a `relay`. A relay may lead to each host, too.
    """

    head: Host
    hosts: tuple[Host, ...]
    endpoint: Endpoint
    user: str
    keys: Keys
    size: str = ""
    route: Route | None = None
    relay: Relayed | None = None

    @property
    def through_head(self) -> bool:
        """Whether the head leads to the other hosts."""
        return self.route is None and not (self.relay is not None and self.relay.each)
