"""What the orchestrator asks of the target whose machines Slurm runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.fleet.command import CommandResult


@runtime_checkable
class Controller(Protocol):
    """The machine with slurmctld, and the nodes that it should have."""

    def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
        """Run a program there as root, with this text as its input. Raises what keeps the machine from answering."""

    @property
    def slurm_nodes(self) -> tuple[str, ...]:
        """The nodes that should be in the cluster, by their names in Slurm."""

    @property
    def controller_name(self) -> str:
        """The machine's own name."""
