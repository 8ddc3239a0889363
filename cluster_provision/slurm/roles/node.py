"""A compute node: slurmd, which gets its configuration from the controller (configless)."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.conf.cgroup_conf import cgroup_conf
from cluster_provision.slurm.conf.nodes import gres_text
from cluster_provision.slurm.plan import Command, File, Folder, Packages, Resource, Service
from cluster_provision.slurm.roles import pyxis
from cluster_provision.slurm.roles.config_files import config_files
from cluster_provision.slurm.roles.controller import HANDS_OUT
from cluster_provision.slurm.roles.pmix import pmix_packages

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Machine, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts

DEFAULTS = "/etc/default/slurmd"
TEMPORARY = "/etc/tmpfiles.d/cluster-provision-slurm.conf"
DROP_IN = "/etc/systemd/system/slurmd.service.d/cluster-provision.conf"

# Debian 12's unit starts only where /etc/slurm/slurm.conf is, which a configless node doesn't have. A node that is up
# before its controller tries again until that answers.
_DROP_IN = """# Written by cluster-provision.
[Unit]
ConditionPathExists=
StartLimitIntervalSec=0

[Service]
Restart=on-failure
RestartSec=5
"""


def packages(cluster: SlurmCluster, facts: MachineFacts) -> list[Resource]:
    """slurmd, the commands that jobs use, and PMIx."""
    return [Packages((cluster.packages.slurmd, cluster.packages.client, *pmix_packages(cluster, facts)))]


def services(cluster: SlurmCluster, machine: Machine) -> list[Resource]:
    """What slurmd is started with. Its restart leaves running jobs alone (KillMode=process)."""
    return [
        Folder(paths.NODE_STATE, contents=True),
        Folder(paths.TEMPORARY, "1777", data=True, once=True),
        *_in_memory(),
        File(DEFAULTS, _defaults(cluster, machine.name)),
        File(DROP_IN, _DROP_IN),
        Command("read the units again", ("systemctl", "daemon-reload"), unless=("true",), reads=(DROP_IN,)),
        Service("slurmd", restart_on=(DEFAULTS, DROP_IN, paths.MUNGE_KEY)),
    ]


def _in_memory() -> list[Resource]:
    """Folders that each start makes anew. What slurmd and prologs have made in memory goes with the cluster."""
    lines = (f"d {paths.TEMPORARY} 1777 root root -", f"d {paths.RUNNING} 0755 root root -")
    made = (paths.RUNNING, paths.CONTAINERS, paths.ENROOT_RUNNING)
    return [
        File(TEMPORARY, "\n".join(["# Written by cluster-provision.", *lines]) + "\n"),
        Command(
            "folders in memory",
            ("systemd-tmpfiles", "--create", TEMPORARY),
            unless=("test", "-d", paths.RUNNING),
            undo=("sh", "-c", 'rm -rf --one-file-system -- "$@"', "sh", *made),
        ),
    ]


def _defaults(cluster: SlurmCluster, name: str) -> str:
    """slurmd's arguments, and a digest of what it reads at its start alone, which has it restarted.

    That is what gres.conf and cgroup.conf say of it, and on releases that can't be handed a new configuration, all.
    """
    controller = cluster.machine(cluster.controller)
    node = next(each for each in cluster.nodes if each.name == name)
    read = [gres_text(node), *(text for each in node.gpus for text in (*each.files, *each.cores)), cgroup_conf(cluster)]
    if cluster.release < HANDS_OUT:
        read += [each.content for each in config_files(cluster)]
    digest = sha256("\n".join(read).encode()).hexdigest()[:16]
    return (
        "# Written by cluster-provision.\n"
        f"# The configuration that is read at the start alone: {digest}\n"
        f'SLURMD_OPTIONS="-N {name} --conf-server {controller.name}:{paths.CONTROLLER_PORT}"\n'
        + "".join(f"{each}\n" for each in (pyxis.PMIX_OF_SLURMD if cluster.fetched else ()))
    )
