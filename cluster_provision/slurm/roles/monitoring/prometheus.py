"""Prometheus, of the distribution, on the controller: what it asks, what it warns of, and that it listens there alone.

The configuration is JSON, which YAML includes (prometheus.io/docs/prometheus/latest/configuration).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cluster_provision.slurm import paths
from cluster_provision.slurm.conf.slurm_conf import METRICS, slurm_parameters
from cluster_provision.slurm.node_scripts import node_script
from cluster_provision.slurm.plan import File, Packages, Resource, Service
from cluster_provision.slurm.roles.monitoring import remote_write
from cluster_provision.slurm.roles.monitoring.places import PROMETHEUS, PROMETHEUS_PORT, TARGETS

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Monitoring, SlurmCluster

DEFAULTS = f"/etc/default/{PROMETHEUS}"
CONFIGURATION = "/etc/prometheus/prometheus.yml"
RULES = "/etc/prometheus/cluster-provision.rules.yml"
KEPT = "--storage.tsdb.retention.time=30d --storage.tsdb.retention.size=8GB"
"""What comes first ends a sample's life: both are few for a disk of the controller's."""
# slurm.schedmd.com/metrics.html. jobs-users-accts is left out: a series for each user and account. /metrics itself is
# an index that can't be read as metrics. The guide asks for no more than one look a minute.
_SLURMS = ("jobs", "nodes", "partitions", "scheduler")
_SLURM_INTERVAL = "60s"


def resources(monitoring: Monitoring, cluster: SlurmCluster) -> list[Resource]:
    """The package, its files and its unit."""
    return [
        Packages((PROMETHEUS,)),
        File(DEFAULTS, _defaults()),
        File(RULES, node_script("monitoring/rules.yml")),
        File(CONFIGURATION, _configuration(monitoring, cluster)),
        Service(PROMETHEUS, restart_on=(DEFAULTS,), reload_on=(CONFIGURATION, RULES)),
    ]


def _defaults() -> str:
    return f'# Written by cluster-provision.\nARGS="--web.listen-address=127.0.0.1:{PROMETHEUS_PORT} {KEPT}"\n'


def _configuration(monitoring: Monitoring, cluster: SlurmCluster) -> str:
    configuration: dict[str, Any] = {
        "global": {
            "scrape_interval": "30s",
            "evaluation_interval": "30s",
            "external_labels": {"cluster": cluster.name},
        },
        "rule_files": [RULES],
        "scrape_configs": [
            {"job_name": "prometheus", "static_configs": [{"targets": [f"127.0.0.1:{PROMETHEUS_PORT}"]}]},
            _listed("node"),
            *([_listed("gpu")] if monitoring.gpu_packages else []),
            *(_slurms(name, path, place) for name, path, place in slurms_own(cluster)),
        ],
    }
    if monitoring.remote_write:
        configuration["remote_write"] = remote_write.configuration(monitoring.remote_write)
    return f"# Written by cluster-provision.\n{json.dumps(configuration, indent=1)}\n"


def _listed(name: str) -> dict[str, Any]:
    """A job whose targets are in one of the lists."""
    return {
        "job_name": name,
        "file_sd_configs": [{"files": [f"{TARGETS}/{name}.json"], "refresh_interval": "30s"}],
    }


def slurms_own(cluster: SlurmCluster) -> list[tuple[str, str, str]]:
    """The job, path and place of each part of slurmctld's own metrics; none where it has no metrics."""
    if slurm_parameters(cluster).get("MetricsType") != METRICS:
        return []
    controller = cluster.machine(cluster.controller).address
    place = f"[{controller}]" if ":" in controller else controller
    return [(f"slurm-{what}", f"/metrics/{what}", f"{place}:{paths.CONTROLLER_PORT}") for what in _SLURMS]


def _slurms(name: str, path: str, place: str) -> dict[str, Any]:
    return {
        "job_name": name,
        "metrics_path": path,
        "scrape_interval": _SLURM_INTERVAL,
        "static_configs": [{"targets": [place]}],
    }
