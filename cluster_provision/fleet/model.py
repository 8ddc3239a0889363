"""The machines of a cluster as SSH sees them: which they are, how the first is reached, and who may come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Host:
    """One machine: its own `name`, and the `address` by which the others of the cluster reach it.

    `host_keys` are its public keys as it reported them itself (`ssh-ed25519 AAAA…`, a line each); a host without any is
    never spoken to, since nobody could say who answers. `port` is its sshd's.
    """

    name: str
    address: str
    host_keys: tuple[str, ...] = ()
    port: int = 22


@dataclass(frozen=True)
class Gate:
    """Where the head answers from here: a load balancer's address and port, or the head's own."""

    address: str
    port: int = 22


@dataclass(frozen=True)
class Keys:
    """What to sign in with, beside the keys that an agent (SSH_AUTH_SOCK) holds.

    `private` is a key that the tool made and still has, in OpenSSH's form; `path` is the user's own file.
    """

    private: bytes | None = field(default=None, repr=False)
    path: Path | None = None


@dataclass(frozen=True)
class Fleet:
    """A cluster's machines, `hosts` in the order of its hostfile with the head first.

    `size` is the cloud's name for what each of them is (`Standard_ND96isr_H200_v5`), empty where that isn't known.
    """

    head: Host
    hosts: tuple[Host, ...]
    gate: Gate
    user: str
    keys: Keys
    size: str = ""
