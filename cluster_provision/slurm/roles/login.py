"""A login node: Slurm's commands, and where they get their configuration from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.package_names import SCHEDMD
from cluster_provision.slurm.plan import Command, File, Packages, Resource, Service
from cluster_provision.slurm.release import Release
from cluster_provision.slurm.roles.config_files import config_files
from cluster_provision.slurm.roles.pmix import pmix_packages

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Machine, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts

DEFAULTS = "/etc/default/sackd"
DROP_IN = "/etc/systemd/system/sackd.service.d/cluster-provision.conf"
_DROP_IN = """# Written by cluster-provision.
[Unit]
StartLimitIntervalSec=0

[Service]
Restart=on-failure
RestartSec=5
"""
# sackd(8): it fetches the configuration for machines without slurmd.
_SACKD_SINCE = Release(23, 11)


def resources(cluster: SlurmCluster, machine: Machine, facts: MachineFacts) -> list[Resource]:
    """The commands; sackd where the release has it, else the files themselves.

    The controller has the files, and a node's slurmd has fetched them: neither needs more.
    """
    client: list[Resource] = [Packages((cluster.packages.client, *pmix_packages(cluster, facts)))]
    if machine.name == cluster.controller or machine.name in {each.name for each in cluster.nodes}:
        return client
    if cluster.release < _SACKD_SINCE or not _offers(cluster, facts):
        return [*client, *config_files(cluster)]
    controller = cluster.machine(cluster.controller)
    options = f'SACKD_OPTIONS="--conf-server {controller.name}:{paths.CONTROLLER_PORT}"\n'
    return [
        *client,
        Packages((cluster.packages.sackd,)),
        File(DEFAULTS, f"# Written by cluster-provision.\n{options}"),
        File(DROP_IN, _DROP_IN),
        Command("read the units again", ("systemctl", "daemon-reload"), unless=("true",), reads=(DROP_IN,)),
        Service("sackd", restart_on=(DEFAULTS, DROP_IN, paths.MUNGE_KEY)),
    ]


def _offers(cluster: SlurmCluster, facts: MachineFacts) -> bool:
    """Whether the machine can have sackd; SchedMD's packages always have it."""
    package = facts.packages.get(cluster.packages.sackd)
    return cluster.packages == SCHEDMD or bool(package and (package.installed or package.candidate))
