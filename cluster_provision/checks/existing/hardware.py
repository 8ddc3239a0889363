"""Whether each compute node's processors, memory and GPUs can be told, and whether they agree within a partition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.existing.subject import finding
from cluster_provision.errors import NodeSetupError
from cluster_provision.number_of import number_of
from cluster_provision.result import Check
from cluster_provision.slurm.cluster import Machine, SlurmCluster
from cluster_provision.slurm.hardware import differing_gpus, node_of

if TYPE_CHECKING:
    from cluster_provision.checks.existing.subject import Subject

ADVICE = (
    "The tool installs no GPU driver: https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/ says how. "
    "`nvidia-smi -L` on the machine shows what the driver sees."
)


def hardware(subject: Subject) -> Finding:
    """Look at every compute node."""
    compute = [name for name in subject.settings.compute if name in subject.seen]
    found = {name: node_of(name, subject.seen[name].facts.ssh_address, subject.seen[name].facts) for name in compute}
    problems = {f"{name}:": "; ".join(wrong) for name, (_, wrong) in found.items() if wrong}
    nodes = tuple(node for node, _ in found.values() if node is not None)
    gpus = sum(each.count for node in nodes for each in node.gpus)
    result = finding("hardware", problems, f"{number_of(len(nodes), 'node')}, {number_of(gpus, 'GPU')}", ADVICE)
    cluster = SlurmCluster(
        subject.settings.name_prefix,
        subject.offer.release,
        subject.settings.controller,
        tuple(Machine(name, name) for name in compute),
        nodes,
        partitions=subject.settings.partitions,
    )
    for problem in differing_gpus(cluster):
        failure = NodeSetupError(problem, "PARTITIONS puts nodes of a kind together.")
        result += Finding((Check("hardware", "failed", problem),), (failure,))
    return result
