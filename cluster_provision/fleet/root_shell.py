"""Programs run as root on one machine, over a connection that stays open for the run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady
from cluster_provision.fleet.command import ask
from cluster_provision.fleet.held import HeldConnections
from cluster_provision.fleet.pushed import as_root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.command import CommandResult
    from cluster_provision.fleet.model import Fleet, Host


class RootShell:
    """Root on the head of a fleet, which `fleet` finds when it is first needed."""

    def __init__(self, fleet: Callable[[], Fleet]) -> None:
        self._fleet = fleet
        self._held: HeldConnections | None = None
        self._head: Host | None = None

    def run(self, words: Sequence[str], feed: str = "") -> CommandResult:
        """Run a program with this text as its input. Raises what keeps the machine from being reached."""
        if self._held is None or self._head is None:
            fleet = self._fleet()
            self._held, self._head = HeldConnections(fleet), fleet.head

        async def one(connection: SSHClientConnection, host: Host) -> CommandResult:
            line, before = as_root(shlex.join(words))
            return await ask(connection, line, before + feed.encode())

        (outcome,) = self._held.on_each((self._head,), one)
        if outcome.value is None:
            raise outcome.error or NotReady(f"{self._head.name} gave no answer")
        return outcome.value

    def close(self) -> None:
        """Close the connection."""
        if self._held is not None:
            self._held.close()
            self._held = None
