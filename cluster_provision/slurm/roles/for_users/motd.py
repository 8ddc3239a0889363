"""The word at login: what this machine is for. Many take GPUs that they don't see outside of a job for broken ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import File, Folder, Resource
from cluster_provision.slurm.roles.access import may_adopt
from cluster_provision.slurm.roles.for_users.samples import samples_folder

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster

FOLDER = "/etc/motd.d"


def resources(cluster: SlurmCluster, machine: str) -> list[Resource]:
    """A file that pam_motd(8) shows beside the site's own."""
    here = cluster.node(machine)
    enters = machine in cluster.logins
    if not here and not enters:
        return []
    words = _at_login(cluster) if enters else _on_node(cluster, bool(here and here.gpus))
    return [Folder(FOLDER, once=True), File(f"{FOLDER}/cluster-provision", "\n".join(words) + "\n")]


def _at_login(cluster: SlurmCluster) -> list[str]:
    return [
        f"Slurm cluster {cluster.name}: sinfo shows its nodes, squeue the jobs, and srun or sbatch start one.",
        f"Examples: {samples_folder(cluster)}",
    ]


def _on_node(cluster: SlurmCluster, gpus: bool) -> list[str]:
    logins = ", ".join(cluster.logins) or cluster.controller
    words = [f"Compute node of the Slurm cluster {cluster.name}. Jobs start on {logins}: srun --pty bash"]
    if gpus:
        words.append("A login gets no GPUs but those of its own job: srun --gres=gpu:1 --pty nvidia-smi")
    if cluster.adopt and may_adopt(cluster):
        words.append("Only users with a job on this node may log in to it, and the login ends with the job.")
    return words
