"""The controller: slurmctld, and the configuration that it hands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.plan import Command, Folder, Packages, Resource, Service
from cluster_provision.slurm.release import Release
from cluster_provision.slurm.revival import revived
from cluster_provision.slurm.roles.config_files import config_files
from cluster_provision.slurm.roles.pmix import pmix_packages

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts

# Debian 12's slurmd 22.05.8 dies of a configuration that is handed out: write_configs_to_conf_cache gets a null list
# (seen there). 22.05.9 sends the list ("Fix scontrol reconfigure with configless enabled", its NEWS).
# Before this release each node is restarted instead, by its own plan.
HANDS_OUT = Release(23, 2)

# Waits until slurmctld answers; nodes take the new configuration by it. A restart alone doesn't hand it out. From 23.11
# on it starts anew for that, which may take longer than scontrol waits for its answer.
_HAND_OUT = """is_up() {
  end=$(($(date +%s) + 60))
  until scontrol ping | grep -q 'is UP'; do
    [ "$(date +%s)" -lt "$end" ] || { echo 'slurmctld does not answer' >&2; exit 1; }
    sleep 0.5
  done
}
is_up
said=$(scontrol reconfigure 2>&1) && exit 0
case $said in *'timed out'*) is_up ;; *) echo "$said" >&2; exit 1 ;; esac
"""


def files(cluster: SlurmCluster, facts: MachineFacts) -> list[Resource]:
    """The packages, slurmctld's folders, and the configuration."""
    return [
        Packages((cluster.packages.slurmctld, cluster.packages.client, *pmix_packages(cluster, facts))),
        Folder(paths.CONTROLLER_STATE, "0700", "slurm", "slurm", contents=True),
        *config_files(cluster),
    ]


def services(cluster: SlurmCluster) -> list[Resource]:
    """slurmctld is restarted where its files change, never reloaded.

    22.05's dies of a reload that brings nodes ("hostnames inconsistency"); a restart leaves jobs alone on every
    release.
    """
    changed = tuple(each.path for each in config_files(cluster))
    hand_out = Command("hand out the configuration", ("sh", "-c", _HAND_OUT), unless=("true",), reads=changed)
    last = [hand_out] if cluster.release >= HANDS_OUT else []
    return [*revived("slurmctld"), Service("slurmctld", restart_on=changed), *last]
