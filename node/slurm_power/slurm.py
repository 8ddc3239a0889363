"""Slurm's own commands, as the power program uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm.outputs.node_states import NodeState, read_nodes
from cluster_provision.slurm.outputs.not_understood import NotUnderstood
from node.machine.programs import Failure, run, telling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def node_states() -> dict[str, NodeState]:
    """All nodes by name. Raises Failure where slurmctld doesn't answer."""
    status, said = run("scontrol", "--oneliner", "show", "nodes")
    if status:
        raise Failure(f"slurmctld does not answer: {telling(said)}")
    try:
        return {state.name: state for state in read_nodes(said)}
    except NotUnderstood as failure:
        raise Failure(failure.message) from None


def update(nodes: Sequence[str], arguments: Sequence[str]) -> str:
    """Change nodes; returns Slurm's words where it refuses some of it, as it does for what is so already."""
    status, said = run("scontrol", "update", f"nodename={fold_hostlist(nodes)}", *arguments)
    return said.strip() if status else ""


def tell_jobs(told: Mapping[str, str]) -> None:
    """Let the jobs on these nodes say why they wait again: `scontrol show job` has it as their comment."""
    for reason in dict.fromkeys(told.values()):
        nodes = fold_hostlist(name for name, why in told.items() if why == reason)
        status, said = run("squeue", "--noheader", "--format=%A", f"--nodelist={nodes}")
        for job in said.split() if not status else ():
            run("scontrol", "update", f"jobid={job}", f"comment={reason}")
