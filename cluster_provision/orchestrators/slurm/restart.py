"""Machines that need a restart: Slurm waits for their jobs, restarts them, and takes them back, one group at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady
from cluster_provision.orchestrators.slurm.nodes import LOGS, look_at_nodes
from cluster_provision.readiness.polling import Poll
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.orchestrators.slurm.controller import Controller

REASON = "cluster-provision: restart"
PART = 4
"""A group is at most this part of the nodes, and one at least: the others go on working."""


def restart(controller: Controller, nodes: Sequence[str], minutes: int, show: Callable[[str], None]) -> None:
    """Restart these nodes, a group after the other, each once its jobs have ended (scontrol(1), reboot ASAP).

    Raises NotReady where a group isn't back within this time.
    """
    size = max(len(controller.slurm_nodes) // PART, 1)
    for start in range(0, len(nodes), size):
        group = nodes[start : start + size]
        listed = fold_hostlist(group)
        words = ("scontrol", "reboot", "ASAP", "nextstate=RESUME", f"reason={REASON}", listed)
        controller.on_controller(words).required(controller.controller_name)
        show(f"restarting {listed}, once its jobs have ended")
        poll = Poll(minutes * 60)
        gone: set[str] = set()
        while poll.next():
            seen = look_at_nodes(controller)
            gone.update(name for name in group if name not in seen.up)
            if gone.issuperset(group) and all(name in seen.up for name in group):
                break
        else:
            raise NotReady(
                f"{listed} did not come back from its restart within {minutes} minutes",
                f"Run Create again once the machines answer. {LOGS}",
            )
