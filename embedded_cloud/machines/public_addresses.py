"""Public addresses, which are addresses of this machine: what is behind a load balancer is reached there for real."""

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
        """All of them; one that was given out on another machine, or network, may be none of these."""

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
    """Of this machine alone (RFC 1122, 3.2.1.3): all of them answer without being set up, at least on Linux."""

    block = ipaddress.IPv4Network("127.64.0.0/10")

    def open(self, address: str) -> None:
        return

    def close(self, address: str) -> None:
        return
