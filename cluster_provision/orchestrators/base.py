"""What an orchestrator is: what runs on a target's machines and makes one cluster of them.

It is handed to a target, whichever cloud that is on, and brings its stages, its part of the nodes' configuration, its
look and its part of the connection text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from cluster_provision.node import Node
    from cluster_provision.result import ConnectionPart
    from cluster_provision.settings import Settings
    from cluster_provision.stage import Site, Stage


@dataclass(frozen=True)
class Head:
    """The machine that the others join: its name, and the address by which they reach it."""

    name: str
    address: str


class Shell(Protocol):
    """The way to a shell on one node, as a user types it."""

    def command(self, command: str) -> str:
        """The line that runs a command on the node."""

    def tunnel(self, port: int) -> str:
        """The line that leads this port of the user's machine to the same port of the node."""


class Machines(Protocol):
    """What an orchestrator asks of the target whose machines it runs on."""

    samples: str
    """The folder of the tool's samples on the machines."""

    @property
    def settings(self) -> Settings:
        """The run's settings."""

    def find_head(self, site: Site) -> Head:
        """Wait until there is a head. Raises what keeps it from coming."""

    def head(self, nodes: list[Node]) -> Node | None:
        """The head among the nodes, None where there is none."""

    def shell(self, node: Node, site: Site) -> Shell:
        """The way to a shell on the node."""


class Orchestrator(Protocol):
    """One kind of orchestrator."""

    name: str
    """The value of ORCHESTRATOR_TYPE."""

    has_head: bool
    """Whether it needs one machine that the others join."""

    def before_nodes(self, machines: Machines) -> tuple[Stage, ...]:
        """Stages without which the nodes can't be ready."""

    def after_nodes(self, machines: Machines) -> tuple[Stage, ...]:
        """Stages that follow once the nodes are ready."""

    def node_config(self) -> dict[str, Any]:
        """Its part of the nodes' configuration (docs/node-status.md): `ray` is {"port": …}, or None without Ray."""

    def connection(self, machines: Machines, site: Site) -> tuple[ConnectionPart, ...]:
        """How users work with it, for the nodes of the result."""
