"""Container jobs by Slurm's own --container: runc, and the prolog script that makes each user a folder for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths, proof_container
from cluster_provision.slurm.node_scripts import node_script
from cluster_provision.slurm.plan import File, Packages, Resource

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster


def resources(cluster: SlurmCluster, node: str) -> list[Resource]:
    """A node's part; oci.conf comes from the controller."""
    if not cluster.containers:
        return []
    return [
        Packages(("runc",)),
        File(paths.OCI_RUNTIME, node_script("oci_runtime.sh"), "0755"),
        File(f"{paths.PROLOG_FOLDER}/10-containers", node_script("prolog.d/10-containers.sh"), "0755"),
        *proof_container.bundle(node),
    ]
