"""What slurmd runs by itself on a node: before and after each job, and to see whether the node is well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.plan import File, Folder, Resource
from cluster_provision.slurm.roles.nfs import mounted_on

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster, SlurmNode

SOURCE = Path(__file__).resolve().parents[3] / "node" / "slurm"
HEALTH_CONF = "/etc/cluster-provision/health.conf"
LEAST_ROOM_MB = {"/": 512, "/tmp": 512}  # noqa: S108 - where jobs write by default
"""MiB. A node with less fails the next job in ways that nobody understands."""


def resources(cluster: SlurmCluster, node: SlurmNode) -> list[Resource]:
    """The runners with their folders, which are the site's to fill, and the health program with what it expects."""
    runner = _text("prolog.sh")
    return [
        Folder("/usr/local/lib/cluster-provision"),
        Folder(paths.PROGRAMS),
        File(paths.PROLOG, runner, "0755"),
        File(paths.EPILOG, runner, "0755"),
        File(paths.HEALTH, _text("health.sh"), "0755"),
        Folder(paths.PROLOG_FOLDER),
        Folder(paths.EPILOG_FOLDER),
        Folder("/etc/cluster-provision"),
        File(HEALTH_CONF, _expected(cluster, node)),
    ]


def _expected(cluster: SlurmCluster, node: SlurmNode) -> str:
    count = sum(each.count for each in node.gpus)
    lines = ["# Written by cluster-provision: what this node should have."]
    lines += [f"node {node.name}"] if cluster.machine(node.name).own_name else []
    lines += [f"gpus {count}"] if count else []
    lines += [f"mount {share.target}" for share in mounted_on(cluster, node.name)]
    lines += [f"room {path} {least}" for path, least in LEAST_ROOM_MB.items()]
    return "\n".join(lines) + "\n"


def _text(name: str) -> str:
    return (SOURCE / name).read_text(encoding="utf-8")
