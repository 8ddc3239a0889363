"""What the controller's record says of the cluster: how Slurm has its nodes, and what the cloud refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from node.machine.programs import Failure
from node.slurm_cloud.place import PROOF_FILE, read_json
from node.slurm_power import slurm
from node.slurm_power.decide import note_requests
from node.slurm_power.kept import read_kept, requests
from node.slurm_power.shown import shown_nodes, shown_problems

if TYPE_CHECKING:
    from cluster_provision.slurm.cloud import CloudCluster


def controllers_facts(given: CloudCluster) -> dict[str, Any]:
    """What couldn't be looked at is left out, and so unknown. Nodes that were just asked for are wanted already.

    Raises Failure where what the power program keeps can't be read.
    """
    asked = tuple(requests().values())
    kept = read_kept()  # in this order: what is noted meanwhile is in both
    note_requests(given, kept, asked)
    wanted = fold_hostlist(name for name in given.nodes if name in kept.wanted)
    facts = {"wanted": wanted, "problems": shown_problems(kept), "proof": read_json(PROOF_FILE)}
    try:
        return {**facts, "nodes": shown_nodes(given.nodes, slurm.node_states(), kept)}
    except Failure:
        return {**facts, "nodes": []}
