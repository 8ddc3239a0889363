"""The way to a host, in the words of what goes wrong on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import HostKeyMismatch, Unreachable

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError
    from cluster_provision.fleet.model import Host, Route

STATUS_TELLS = "Status shows whether the machine runs."
GIVE_NOTHING = "Otherwise something is between this host and the machine: give it nothing."


@dataclass(frozen=True)
class Way:
    """To `host` at `address` and `port`: by a `route`, or with none to the head and, `relayed`, through it.

    `relay` names what the head is behind.
    """

    host: Host
    address: str
    port: int
    route: Route | None
    relayed: bool
    relay: str = ""

    @property
    def where(self) -> str:
        """At which address, and through what."""
        if self.route is None:
            if self.relayed:
                return f"at {self.address}, through the head"
            return f"behind {self.relay}" if self.relay else f"at {self.address} port {self.port}"
        place = f"at {self.address} port {self.port}"
        if self.relayed and self.route.jump is not None:
            return f"{place}, through {self.route.jump.address}"
        return f"{place}, through a proxy" if self.route.proxy else place

    def other_machine(self) -> ProvisionError:
        """Its host key is not one of those that are known to be the host's."""
        if self.route is not None:
            return HostKeyMismatch(
                f"the machine {self.where} is not the {self.host.name} that is known: its host key is another",
                f"If {self.host.name} was installed anew, put its new key into SSH_KNOWN_HOSTS in place of the old "
                f"one. {GIVE_NOTHING}",
            )
        return HostKeyMismatch(
            f"the machine {self.where} is not {self.host.name}: its host key is none of those that {self.host.name} "
            "reported",
            f"If the machine was replaced just now, its record follows within a minute. {GIVE_NOTHING}",
        )

    def no_answer(self, reason: str) -> ProvisionError:
        """It doesn't answer, for this reason."""
        if self.route is not None:
            return Unreachable(
                f"{self.host.name} does not answer {self.where}: {reason}",
                "Look whether the machine runs, whether its address and SSH_PORT are right, and whether this host may "
                "reach it: SSH_JUMP and SSH_PROXY lead through another one.",
            )
        if self.relayed or self.relay:
            return Unreachable(f"{self.host.name} does not answer {self.where}: {reason}", STATUS_TELLS)
        return Unreachable(
            f"the head {self.host.name} does not answer {self.where}: {reason}",
            "ACCESS and ALLOWED_CIDRS say which addresses can reach it; with ACCESS=private, run this from within the "
            "network. Status shows whether the machine runs.",
        )


def reason_of(failure: Exception) -> str:
    """What the system says of a failure."""
    return str(getattr(failure, "strerror", None) or failure or type(failure).__name__)
