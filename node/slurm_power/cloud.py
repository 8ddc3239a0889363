"""What the power program needs of a cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from node.slurm_cloud.http import CallFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.slurm.cloud import NodeGroup
    from node.slurm_power.kept import Kept

CREATING, RUNNING, DELETING, STOPPED, FAILED = "creating", "running", "deleting", "stopped", "failed"
AT_ONCE = 100
"""Machines in one call."""


class NotNow(CallFailed):
    """A call that wasn't sent, since its group is being changed; the cloud itself is well."""


@dataclass(frozen=True)
class Instance:
    """A machine of a group. `key` is the cloud's name for it; `node` is empty for one that no node is known for.

    `code` and `message` are the cloud's, for why it doesn't come.
    """

    group: str
    key: str
    node: str
    state: str
    code: str = ""
    message: str = ""


class Cloud(Protocol):
    """Every call raises CallFailed where the cloud refuses or doesn't answer."""

    def look(self, groups: Sequence[NodeGroup], kept: Kept) -> list[Instance]:
        """The machines of these groups; what was learned of names is kept."""

    def create(self, group: NodeGroup, nodes: Sequence[str], kept: Kept) -> None:
        """Ask for machines for these nodes, AT_ONCE at most; those that are there already are left alone."""

    def delete(self, group: NodeGroup, instances: Sequence[Instance], kept: Kept) -> None:
        """Ask for the end of these machines, AT_ONCE at most."""
