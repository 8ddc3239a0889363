"""gres.conf (gres.conf(5)): which device files are which GPUs, as the machines showed them.

Nothing is detected by Slurm: AutoDetect=nvml needs a plug-in that Debian 12 can't install, and AutoDetect=nvidia came
with 24.11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.conf.lines import document
from cluster_provision.slurm.conf.nodes import gres_lines

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster


def gres_conf(cluster: SlurmCluster) -> str:
    """Return the whole file, empty where no node has a GPU."""
    lines = gres_lines(cluster)
    return document(["AutoDetect=off", *lines]) if lines else ""
