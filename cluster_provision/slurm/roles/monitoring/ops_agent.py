"""What Google Cloud's ops agent sends to Managed Service for Prometheus: what the machine's own exporters count.

Its receiver asks fixed targets alone, so each machine's agent asks that machine; it sets `cluster`, `location` and
`namespace` itself, and refuses rules and lists of targets. cloud.google.com/stackdriver/docs/managed-prometheus/
setup-opsagent, and confgenerator/prometheus.go of github.com/GoogleCloudPlatform/ops-agent (read 2026-12-01). The step
that installs the agent (node/gcp/steps/agent.sh) puts this into its configuration.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cluster_provision.slurm.fetched_packages import installed
from cluster_provision.slurm.plan import Command, File, Folder, Resource
from cluster_provision.slurm.roles.monitoring.gpus import has_exporter
from cluster_provision.slurm.roles.monitoring.listening import listens_at
from cluster_provision.slurm.roles.monitoring.places import GPU_EXPORTER_PORT, NODE_EXPORTER_PORT
from cluster_provision.slurm.roles.monitoring.prometheus import slurms_own
from cluster_provision.slurm.roles.monitoring.slurm_metrics import part_of

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Machine, Monitoring, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts

JOBS = "/etc/cluster-provision/ops-agent.json"
"""node/gcp/steps/agent.sh reads it: a list of Prometheus' scrape_configs, on one line."""
INTERVAL = "60s"
"""Google bills by samples."""
KEPT = (
    "node_(boot_time_seconds|cpu_seconds_total|disk_(read|written)_bytes_total|filesystem_(avail|size)_bytes|load1"
    "|infiniband_.*|memory_Mem(Available|Total)_bytes|network_(receive|transmit)_bytes_total|time_seconds)"
    "|cluster_slurm_.*"
)
"""What the dashboards and alerts are about, of all that node exporter has."""
_AGAIN = "bash /var/lib/cluster/bootstrap.sh step agent_again || echo 'the ops agent could not be configured'"


def resources(monitoring: Monitoring, cluster: SlurmCluster, machine: Machine, facts: MachineFacts) -> list[Resource]:
    """The package, where one is named, and what is to be sent. An agent that fails fails nothing."""
    return [
        *([installed(monitoring.agent)] if monitoring.agent else []),
        Folder("/etc/cluster-provision"),
        File(JOBS, json.dumps(_jobs(monitoring, cluster, machine, facts)) + "\n"),
        Command(
            "have the ops agent send it",
            ("sh", "-c", _AGAIN),
            unless=("true",),
            undo=("sh", "-c", f"rm -f {JOBS}; {_AGAIN}"),
            reads=(JOBS,),
        ),
    ]


def _jobs(monitoring: Monitoring, cluster: SlurmCluster, machine: Machine, facts: MachineFacts) -> list[dict[str, Any]]:
    kept = {"source_labels": ["__name__"], "regex": KEPT, "action": "keep"}
    jobs: dict[str, tuple[str, dict[str, Any]]] = {
        "node": (listens_at(machine, facts, NODE_EXPORTER_PORT), {"metric_relabel_configs": [kept]})
    }
    if has_exporter(monitoring, cluster, machine.name):
        jobs["gpu"] = (listens_at(machine, facts, GPU_EXPORTER_PORT), {})
    if machine.name == cluster.controller:
        jobs |= {name: (place, {"metrics_path": path}) for name, path, place in slurms_own(cluster)}
    labels = {"instance": machine.name, "part": part_of(cluster, machine.name), "slurm_cluster": cluster.name}
    return [
        {
            "job_name": name,
            "scrape_interval": INTERVAL,
            "static_configs": [{"targets": [place], "labels": labels}],
            **more,
        }
        for name, (place, more) in jobs.items()
    ]
