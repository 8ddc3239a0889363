"""Slurm's configuration files, as the machines that keep them have them: the controller, and older login nodes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.conf.cgroup_conf import cgroup_conf
from cluster_provision.slurm.conf.gres_conf import gres_conf
from cluster_provision.slurm.conf.oci_conf import oci_conf
from cluster_provision.slurm.conf.plugstack_conf import plugstack_conf
from cluster_provision.slurm.conf.slurm_conf import slurm_conf
from cluster_provision.slurm.conf.topology_conf import topology_conf
from cluster_provision.slurm.plan import File

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster


@lru_cache(maxsize=1)
def config_files(cluster: SlurmCluster) -> tuple[File, ...]:
    """The files that hold something. slurmctld hands them out to nodes and login nodes (configless).

    The last cluster's are kept: the plan of every node asks for them.
    """
    texts = {
        paths.SLURM_CONF: slurm_conf(cluster),
        paths.CGROUP_CONF: cgroup_conf(cluster),
        paths.GRES_CONF: gres_conf(cluster),
        paths.TOPOLOGY_CONF: topology_conf(cluster),
        paths.PLUGSTACK_CONF: plugstack_conf(cluster),
        paths.OCI_CONF: oci_conf(cluster),
    }
    return tuple(File(path, text) for path, text in texts.items() if text)
