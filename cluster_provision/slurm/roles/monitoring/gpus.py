"""dcgm-exporter on nodes with GPUs, from packages that the user names: what it counts, and which job has a GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.fetched_packages import installed
from cluster_provision.slurm.node_scripts import node_script
from cluster_provision.slurm.plan import File, Folder, Resource
from cluster_provision.slurm.roles.monitoring.listening import listens_at, service
from cluster_provision.slurm.roles.monitoring.places import GPU_EXPORTER_PORT, PROGRAMS

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Machine, Monitoring, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts

# The unit and the program of NVIDIA's package datacenter-gpu-manager-exporter (github.com/NVIDIA/dcgm-exporter,
# packaging/config-files/systemd/nvidia-dcgm-exporter.service).
UNIT = "nvidia-dcgm-exporter"
_PROGRAM = "/usr/bin/dcgm-exporter"
COUNTERS = f"{PROGRAMS}/gpu-counters.csv"
JOBS = f"{paths.RUNNING}/gpu-jobs"
"""A file a GPU with the numbers of its jobs, one a line, which the exporter puts into the label hpc_job."""


def has_exporter(monitoring: Monitoring, cluster: SlurmCluster, name: str) -> bool:
    """Whether this machine is a node with GPUs, and packages for them are named."""
    node = cluster.node(name)
    return bool(monitoring.gpu_packages and node and node.gpus)


def resources(monitoring: Monitoring, cluster: SlurmCluster, machine: Machine, facts: MachineFacts) -> list[Resource]:
    """The packages, what is counted, the scripts around jobs, and the unit with the tool's own command line."""
    address = listens_at(machine, facts, GPU_EXPORTER_PORT)
    command = f"{_PROGRAM} --address {address} --collectors {COUNTERS} --hpc-job-mapping-dir {JOBS}"
    lines = (f"ExecStartPre=/usr/bin/install -d {JOBS}", "ExecStart=", f"ExecStart={command}")
    return [
        *map(installed, monitoring.gpu_packages),
        Folder("/usr/local/lib/cluster-provision"),
        Folder(PROGRAMS),
        File(COUNTERS, node_script("monitoring/gpu-counters.csv")),
        File(f"{paths.PROLOG_FOLDER}/30-gpu-jobs", node_script("prolog.d/30-gpu-jobs.sh"), "0755"),
        File(f"{paths.EPILOG_FOLDER}/30-gpu-jobs", node_script("epilog.d/30-gpu-jobs.sh"), "0755"),
        *service(cluster, UNIT, lines, restart_on=(COUNTERS,)),
    ]
