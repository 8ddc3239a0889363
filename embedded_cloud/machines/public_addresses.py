"""Public addresses, which are addresses of this machine: load balancers really listen there."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class PublicAddresses(Protocol):
    """The addresses that the cloud gives to public address resources."""

    @property
    def block(self) -> ipaddress.IPv4Network:
        """All addresses; one that was given out on another machine or network may be outside."""

    def open(self, address: str) -> None:
        """Have this machine answer there. Raises OSError."""

    def close(self, address: str) -> None:
        """Have this machine answer there no more."""


@dataclass(frozen=True)
class Outside:
    """How machines are reached from outside: at which addresses, and where the port of a machine with a private
    address really answers, None where it doesn't."""

    addresses: PublicAddresses
    reached: Callable[[str, int], tuple[str, int] | None]


class Loopback:
    """Addresses of this machine alone (RFC 1122, 3.2.1.3), which need no setup, at least on Linux."""

    block = ipaddress.IPv4Network("127.64.0.0/10")

    def open(self, address: str) -> None:
        return

    def close(self, address: str) -> None:
        return
