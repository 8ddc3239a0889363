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
    from cluster_provision.orchestrators.slurm.nodes import Seen

REASON = "cluster-provision: restart"
PART = 4
"""A group is at most this part of the nodes, and one at least: the others go on working."""


def restart(
    controller: Controller, nodes: Sequence[str], job_minutes: int, minutes: int, show: Callable[[str], None]
) -> None:
    """Restart these nodes, a group after the other, each once its jobs have ended (scontrol(1), reboot ASAP).

    The nodes are up: `nextstate=RESUME` would put back one that somebody has drained. Raises NotReady where jobs run on
    after `job_minutes`, or where a group isn't back `minutes` later.
    """
    size = max(len(controller.slurm_nodes) // PART, 1)
    for start in range(0, len(nodes), size):
        group = nodes[start : start + size]
        listed = fold_hostlist(group)
        words = ("scontrol", "reboot", "ASAP", "nextstate=RESUME", f"reason={REASON}", listed)
        controller.on_controller(words).required(controller.controller_name)
        show(f"restarting {listed}, once its jobs have ended")
        _wait_for_jobs(controller, group, job_minutes)
        _wait_for_nodes(controller, group, minutes)


def is_asked_for(seen: Seen, name: str) -> bool:
    """Whether the node is drained for such a restart, which an earlier run has asked for."""
    state = seen.states[name]
    return state is not None and state.reason.startswith(REASON)


def _wait_for_jobs(controller: Controller, group: Sequence[str], minutes: int) -> None:
    busy: list[str] = []
    poll = Poll(minutes * 60)
    while poll.next():
        states = look_at_nodes(controller).states
        busy = [name for name in group if (state := states[name]) is not None and state.busy]
        if not busy:
            return
    raise NotReady(
        f"jobs still run on {fold_hostlist(busy or group)}, which waits for its restart",
        f"It gets no new jobs, and restarts once they have ended. Run Create again to wait longer (DRAIN_TIMEOUT), or "
        f"take the request back: scontrol cancel_reboot {fold_hostlist(busy or group)}",
    )


def _wait_for_nodes(controller: Controller, group: Sequence[str], minutes: int) -> None:
    poll = Poll(minutes * 60)
    while poll.next():
        up = look_at_nodes(controller).up
        if all(name in up for name in group):  # with ASAP it is drained from the request on
            return
    raise NotReady(
        f"{fold_hostlist(group)} did not come back from its restart within {minutes} minutes",
        f"Run Create again once the machines answer. {LOGS}",
    )
