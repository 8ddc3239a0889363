"""Nodes that leave: drained, and waited for until no job runs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady
from cluster_provision.readiness.polling import Poll
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.orchestrators.slurm.controller import Controller
    from cluster_provision.orchestrators.slurm.nodes import Seen

REASON = "cluster-provision: leaves the cluster"


def take_leave(controller: Controller, nodes: Sequence[str], minutes: int, show: Callable[[str], None]) -> None:
    """Drain the nodes, and wait at most this long for their jobs; a node that Slurm doesn't know has none.

    Raises NotReady where jobs run on: the nodes stay drained, so that no new ones come.
    """
    known = [name for name in nodes if _drain(controller, name)]
    poll = Poll(minutes * 60)
    jobs: list[str] = []
    while known and poll.next():
        jobs = _jobs_on(controller, known)
        if not jobs:
            return
        show(f"{len(jobs)} jobs still run on {fold_hostlist(known)}")
    if jobs:
        raise NotReady(
            f"jobs still run on {fold_hostlist(known)}, which leave the cluster: {', '.join(jobs)}",
            "The nodes get no new jobs. Run Create again to wait longer (DRAIN_TIMEOUT), or end the jobs: scancel "
            f"{' '.join(jobs)}",
        )


def stay(controller: Controller, seen: Seen) -> bool:
    """Put back the nodes that were drained to leave, and that are wanted again; returns whether there were any."""
    names = [name for name, reason in seen.drained.items() if reason == REASON]
    if names:
        words = ("scontrol", "update", f"nodename={fold_hostlist(names)}", "state=resume")
        controller.on_controller(words).required(controller.controller_name)
    return bool(names)


def _drain(controller: Controller, name: str) -> bool:
    told = controller.on_controller(("scontrol", "update", f"nodename={name}", "state=drain", f"reason={REASON}"))
    said = (told.stderr + told.stdout).decode(errors="replace")
    if told.exit_code and "invalid node name" in said.lower():
        return False
    told.required(controller.controller_name)
    return True


def _jobs_on(controller: Controller, nodes: Sequence[str]) -> list[str]:
    words = ("squeue", "--noheader", "--format=%i", "--states=running,completing,suspended", "--nodelist")
    told = controller.on_controller((*words, fold_hostlist(nodes)))
    return told.required(controller.controller_name).split()
