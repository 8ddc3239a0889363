"""What a target is: one kind of cluster on one cloud, behind one small Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from cluster_provision.clouds.base import Identity, Machine
    from cluster_provision.node import Node
    from cluster_provision.result import Check, Cluster
    from cluster_provision.state.base import StateFacts, StateStore


@dataclass(frozen=True)
class Preflight:
    """What was looked at before anything is made: `notes` are lines for the user."""

    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()


class Target(Protocol):
    """One kind of cluster. Its calls change nothing in the cloud but `renew`: Terraform alone makes and removes."""

    @property
    def module(self) -> str:
        """Its Terraform root module, below terraform/."""

    @property
    def cluster(self) -> Cluster:
        """Which cluster the settings name."""

    @property
    def expected_nodes(self) -> int:
        """How many machines the settings ask for."""

    def sign_in(self) -> tuple[Identity, str]:
        """Find the credentials and the account: who asks, and a line on where. Before all other calls."""

    def store(self) -> StateStore:
        """Where this cluster's state lies."""

    def preflight(self, store: StateStore, facts: StateFacts) -> Preflight:
        """Look at permissions and the like, and settle what depends on them."""

    def variables(self, store: StateStore, files_object: str) -> dict[str, Any]:
        """The root module's variables; `files_object` is where the user's files lie, empty for none."""

    def machines(self) -> list[Machine]:
        """The machines that the cloud has for this cluster now."""

    def outdated(self, machines: list[Machine]) -> list[Machine]:
        """Those that still run with settings of an earlier Create."""

    def renew(self, machines: list[Machine]) -> None:
        """Have the cloud make these machines anew, under their own names."""

    def renewal(self, machines: list[Machine]) -> str:
        """The command by which the user has them made anew."""

    def connection(self, nodes: list[Node]) -> dict[str, Any]:
        """How to connect, by target: what the result carries and the connection text shows."""

    def tunnel(self, node: Node) -> str:
        """The command that opens a way to a node's notebook where no public address exists."""

    def leftovers(self) -> list[str]:
        """What of this cluster the cloud still has, by name."""
