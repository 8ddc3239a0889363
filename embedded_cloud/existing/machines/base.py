"""What the cloud needs of machines that exist already, played or booted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from embedded_cloud.machines.base import Machines

if TYPE_CHECKING:
    import socket

    from embedded_cloud.machines.base import Instance


class Servers(Machines, Protocol):
    """`Machines` that one logs in to. Those that `are_running` do so without this process."""

    are_running: bool

    def connect(self, instance: Instance, at: str) -> socket.socket:
        """A connection to its sshd, `at` the address that it booted with. Raises OSError."""

    def introduce(self, instance: Instance) -> None:
        """Tell a machine that was there before which others there are."""

    def holds_a_cluster(self, instance: Instance) -> bool:
        """Whether something of a cluster is on it."""
