"""How the machines of a cluster on Azure are reached: the head by its load balancer, the others through the head."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.result import Connection, HeadAccess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cluster_provision.fleet.model import Endpoint
    from cluster_provision.node import Node

SSH_PORT = 22


@dataclass(frozen=True)
class SshRoutes:
    """The routes to the machines, for `user`. `gate` is where the head answers from here, with
    `public` by an address on the internet. `key` is the file of the private key where it is known."""

    user: str
    endpoint: Endpoint
    public: bool
    key: Path | None = None

    def shell(self, node: Node, head: Node) -> str:
        """The ssh command for a node, as one types it: it counts on an agent, or on a key in its usual place."""
        if node.name == head.name:
            return self._to_head()
        if not self.public:
            return f"ssh {self.user}@{node.address}"
        port = f":{self.endpoint.port}" if self.endpoint.port != SSH_PORT else ""
        return f"ssh -J {self.user}@{self.endpoint.address}{port} {self.user}@{node.address}"

    def command(self, node: Node, head: Node) -> tuple[str, ...]:
        """The same with the key named, which a jump by -J would not be given."""
        key = () if self.key is None else ("-i", str(self.key))
        if node.name == head.name:
            return ("ssh", *key, *self._port(), f"{self.user}@{self.endpoint.address}")
        if not self.public:
            return ("ssh", *key, f"{self.user}@{node.address}")
        if not key:
            return tuple(shlex.split(self.shell(node, head)))
        jump = shlex.join(("ssh", *key, "-W", "%h:%p", *self._port(), f"{self.user}@{self.endpoint.address}"))
        return ("ssh", *key, "-o", f"ProxyCommand={jump}", f"{self.user}@{node.address}")

    def connection(self, nodes: Sequence[Node], head: Node) -> Connection:
        """The result's part on how to connect."""
        return Connection(
            access="head" if self.public else "private",
            head=HeadAccess(head.name, self.endpoint.address, self.endpoint.port, self.user),
            ssh={node.name: self.shell(node, head) for node in nodes},
            key_file="" if self.key is None else str(self.key),
        )

    def _to_head(self) -> str:
        return shlex.join(("ssh", *self._port(), f"{self.user}@{self.endpoint.address}"))

    def _port(self) -> tuple[str, ...]:
        return ("-p", str(self.endpoint.port)) if self.endpoint.port != SSH_PORT else ()


@dataclass(frozen=True)
class SshShell:
    """A shell on one node: `line` is the ssh command that opens it."""

    line: str

    def command(self, command: str) -> str:
        """The line that runs a command on the node."""
        return f"{self.line} {command}"

    def tunnel(self, port: int) -> str:
        """The line that leads a port here to the same port there."""
        return f"ssh -N -L {port}:localhost:{port} {self.line.removeprefix('ssh ')}"
