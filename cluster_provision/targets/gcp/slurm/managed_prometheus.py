"""Google Cloud's Managed Service for Prometheus, to which MONITORING=managed has the machines' ops agents send."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.readiness.gcp.agents import agents_of
from cluster_provision.result import Check, ConnectionPart

if TYPE_CHECKING:
    from cluster_provision.settings import GcpSettings
    from cluster_provision.slurm.cluster import Monitoring
    from cluster_provision.stage import Site

KEY = "managed_prometheus"
NAME = "ops agent"


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


def look_at_agents(site: Site) -> None:
    """Add a check of which machines' agents send, by their records. One that doesn't fails its check and nothing else:
    Prometheus on the controller has that machine's figures all the same."""
    if not site.facts.resources:
        return
    on = [each for each in site.result.nodes if each.status != "missing"]
    states = agents_of(site.store, on)
    told = {
        "could not be set up": sorted(name for name, state in states.items() if state == "failed"),
        "has the image's own settings, and sends none of this": sorted(n for n, s in states.items() if s == "skipped"),
    }
    silent = "; ".join(f"{', '.join(names)}: {what}" for what, names in told.items() if names)
    sending = sum(state == "ok" for state in states.values())
    row = f"sends from {sending} of {len(on)}"
    if silent:
        site.result.checks.append(Check(NAME, "failed", f"{silent}; {row}"))
        return
    site.result.checks.append(Check(NAME, "ok" if on and sending == len(on) else "unknown", row))
