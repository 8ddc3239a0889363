"""plugstack.conf (spank(8)): the SPANK plug-ins.

The packages' own line, `include /etc/slurm/plugstack.conf.d/*.conf`, isn't repeated: slurmctld can't hand out what a
pattern includes ("Slurm does not support glob parsing", 24.11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.conf.lines import document

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster


def plugstack_conf(cluster: SlurmCluster) -> str:
    """Return the whole file, empty where the cluster has no plug-in and the packages' file does."""
    if not cluster.plugstack:
        return ""
    return document(list(cluster.plugstack))
