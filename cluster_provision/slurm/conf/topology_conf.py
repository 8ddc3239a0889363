"""topology.conf (topology.conf(5)): the switches, where it is known which nodes share one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm.conf.lines import document, line

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster


def topology_conf(cluster: SlurmCluster) -> str:
    """Return the whole file, empty where no switch is known."""
    lines = [
        line(
            ("SwitchName", each.name), ("Nodes", fold_hostlist(each.nodes)), ("Switches", fold_hostlist(each.switches))
        )
        for each in cluster.switches
    ]
    return document(lines) if lines else ""
