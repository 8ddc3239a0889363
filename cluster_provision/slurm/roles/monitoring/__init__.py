"""Monitoring on the machines themselves: exporters on all of them, Prometheus on the controller, and Grafana."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.roles.monitoring import (
    exporter,
    gpus,
    grafana,
    ops_agent,
    prometheus,
    remote_write,
    slurm_metrics,
)

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Machine, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts
    from cluster_provision.slurm.plan import Resource


def resources(cluster: SlurmCluster, machine: Machine, facts: MachineFacts) -> list[Resource]:
    """Nothing where the cluster has no monitoring."""
    if cluster.monitoring is None:
        return []
    found = exporter.resources(cluster, machine, facts)
    if gpus.has_exporter(cluster.monitoring, cluster, machine.name):
        found += gpus.resources(cluster.monitoring, cluster, machine, facts)
    if machine.name == cluster.controller:
        found += [*slurm_metrics.resources(cluster.monitoring, cluster)]
        found += prometheus.resources(cluster.monitoring, cluster)
        found += remote_write.resources() if cluster.monitoring.remote_write else []
        found += grafana.resources(cluster.monitoring.grafana) if cluster.monitoring.grafana else []
    if cluster.monitoring.ops_agent:
        found += ops_agent.resources(cluster.monitoring, cluster, machine, facts)
    return found
