"""Google Cloud's Managed Service for Prometheus, to which MONITORING=managed has the machines' ops agents send."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.result import ConnectionPart

if TYPE_CHECKING:
    from cluster_provision.settings import GcpSettings
    from cluster_provision.slurm.cluster import Monitoring

KEY = "managed_prometheus"


def with_ops_agent(found: Monitoring | None, settings: GcpSettings) -> Monitoring | None:
    """What the machines get, with the agent that sends where the service is asked for."""
    return replace(found, ops_agent=settings.monitoring == "managed") if found is not None else None


def managed_parts(settings: GcpSettings) -> tuple[ConnectionPart, ...]:
    """The service's part of the connection; none where nothing is sent to it."""
    if settings.monitoring != "managed":
        return ()
    address = f"https://console.cloud.google.com/monitoring/metrics-explorer?project={settings.project_id}"
    text = (
        "Managed Service for Prometheus has the machines' figures, for PromQL and for Grafana: "
        f'{address}\nThe cluster is the label slurm_cluster="{settings.name_prefix}".'
    )
    return (ConnectionPart(KEY, {"explorer": address, "cluster": settings.name_prefix}, text),)
