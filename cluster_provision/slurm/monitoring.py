"""From settings to what watches the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.monitoring_packages import agent_package, gpu_packages, grafana_package
from cluster_provision.slurm.cluster import Monitoring

if TYPE_CHECKING:
    from cluster_provision.settings.declared.slurm import SlurmParameters


def monitoring_of(settings: SlurmParameters) -> Monitoring | None:
    """What the machines get, `None` without monitoring."""
    if settings.monitoring == "off":
        return None
    named = settings.monitoring_packages
    return Monitoring(gpu_packages(named), grafana_package(named), agent=agent_package(named))
