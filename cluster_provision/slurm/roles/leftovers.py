"""What a user's last job leaves on a node, and scripts around jobs that only some sites want."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.node_scripts import node_script, node_scripts
from cluster_provision.slurm.plan import File, Folder, Resource

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster

OPTIONAL = f"{paths.PROGRAMS}/optional"


def resources(cluster: SlurmCluster, machine: str) -> list[Resource]:
    """Nobody's processes are ended where users log in without a job."""
    found: list[Resource] = [Folder(OPTIONAL)]
    for name, text in node_scripts("optional").items():
        found.append(File(f"{OPTIONAL}/{name.removesuffix('.sh')}", text, "0755" if name.endswith(".sh") else "0644"))
    if machine not in {cluster.controller, cluster.nfs_server, *cluster.logins}:
        script = node_script("epilog.d/80-last-job-of-user.sh")
        found.append(File(f"{paths.EPILOG_FOLDER}/80-last-job-of-user", script, "0755"))
    return found
