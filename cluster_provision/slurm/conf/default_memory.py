"""What a job gets of a node's memory where it names none: its processors' share.

Without a DefMem key a job that names no memory gets all of a node's ("0 (unlimited)", slurm.conf(5)), so that no second
one fits beside it, however few processors both have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.partitions import ALL
from cluster_provision.slurm.conf.nodes import job_memory_mb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.settings.readers.slurm.partitions import Partition
    from cluster_provision.slurm.cluster import SlurmCluster

# Default and highest memory of a job: whoever sets one of them has thought of the others.
_OWN = re.compile("(def|max)memper(cpu|gpu|node)", re.IGNORECASE)
_WHOLE_NODES = "EXCLUSIVE"
# slurm.conf(5), SelectTypeParameters: CR_Memory, CR_Core_Memory, CR_CPU_Memory, CR_Socket_Memory.
_COUNTED = re.compile("memory", re.IGNORECASE)


def memory_per_cpu(cluster: SlurmCluster, partition: Partition, values: Mapping[str, str]) -> int:
    """MiB a processor (a thread) for a partition's line; 0 for none: where users have set a key of the kind, jobs have
    nodes of their own, or memory isn't counted. `values` are slurm.conf's parameters as they are written.

    It is the least share of any of the partition's nodes: a job with all processors of one never asks for too much.
    """
    options = dict(partition.options)
    own = [key for key in (*values, *options) if _OWN.fullmatch(key)]
    alone = _WHOLE_NODES in (options.get("OverSubscribe", "").upper(), options.get("Shared", "").upper())
    linear = "linear" in values.get("SelectType", "")
    if own or alone or linear or not _COUNTED.search(values.get("SelectTypeParameters", "")):
        return 0
    names = None if partition.nodes == ALL else set(partition.nodes)
    shares = [job_memory_mb(each) // each.cpus for each in cluster.nodes if names is None or each.name in names]
    return min(shares, default=0)
