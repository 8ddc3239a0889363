"""Examples of jobs, in a folder that every machine has: a shared one, where the cluster has its own."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.linux import SHARED
from cluster_provision.slurm.node_scripts import node_scripts
from cluster_provision.slurm.plan import File, Folder, Resource

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Share, SlurmCluster

LOCAL = "/usr/local/share/slurm-examples"
NAME = "slurm-examples"


def samples_folder(cluster: SlurmCluster) -> str:
    """Where users find them on every machine."""
    if cluster.samples:
        return cluster.samples
    if share := _own_share(cluster):
        return f"{share.target}/{NAME}"
    return f"{SHARED}/examples" if _is_shared(cluster) else LOCAL


def resources(cluster: SlurmCluster, machine: str) -> list[Resource]:
    """On a share, its server writes them alone, and where users see it on the other machines; on one of a server
    outside, the controller."""
    folder, share = samples_folder(cluster), _own_share(cluster)
    if PurePosixPath(folder).is_relative_to(SHARED) and _is_shared(cluster) and machine != cluster.controller:
        return []
    if share and PurePosixPath(folder).is_relative_to(share.target):
        if machine != share.server:
            return []
        folder = str(PurePosixPath(share.path) / PurePosixPath(folder).relative_to(share.target))
    return [
        Folder(folder),
        *(File(f"{folder}/{name}", text, _mode(name)) for name, text in node_scripts("samples").items()),
    ]


def _own_share(cluster: SlurmCluster) -> Share | None:
    """The first share of the cluster's own server: what another server shares may not be writable."""
    exported = {each.path for each in cluster.exports}
    return next((each for each in cluster.shares if each.server == cluster.nfs_server and each.path in exported), None)


def _is_shared(cluster: SlurmCluster) -> bool:
    """Whether all machines mount /shared of a server outside, which is the cluster's own all the same."""
    return any(each.own and each.target == SHARED for each in cluster.shares)


def _mode(name: str) -> str:
    return "0755" if name.endswith(".sh") else "0644"
