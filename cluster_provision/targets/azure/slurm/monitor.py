"""Azure Monitor's own Prometheus and Grafana, which MONITORING=managed has besides what watches the machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.azure.grafana import Grafana
from cluster_provision.errors import CANNOT_LOOK, NotReady, ProvisionError
from cluster_provision.readiness.polling import Poll
from cluster_provision.result import Check
from cluster_provision.slurm.node_scripts import node_scripts
from cluster_provision.slurm.roles.monitoring.grafana import DATA_SOURCE
from cluster_provision.targets.azure.slurm.metric_rules import rule_groups
from cluster_provision.targets.azure.slurm.own_digits import own_digits

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.settings import AzureSettings
    from cluster_provision.stage import Site

STAGE = "dashboards"
FOLDER = "Cluster"
WORKSPACES, DASHBOARDS, COLLECTION = "2023-04-03", "2025-08-01", "2023-03-11"
"""The API versions that azurerm 5.2.0 uses."""
# https://learn.microsoft.com/azure/azure-monitor/metrics/prometheus-remote-write-virtual-machines
_WRITE = "streams/Microsoft-PrometheusMetrics/api/v1/write?api-version=2023-04-24"
MOST_OF_PREFIX = 14  # with "-" and eight digits, the 23 characters that Grafana's name can have
PATIENCE_SECONDS = 300.0
"""How long Create waits for Grafana to know who administers it; a later one puts the dashboards there."""


def monitor_variables(settings: AzureSettings, cloud: Azure) -> dict[str, Any] | None:
    """The variables of terraform/azure/slurm; None for none. Whoever makes the cluster administers Grafana."""
    if settings.monitoring != "managed":
        return None
    grafana = {"name": grafana_name(settings), "administrator": cloud.caller()}
    return {"tags": settings.monitor_tags, "grafana": grafana, "rule_groups": rule_groups()}


def grafana_name(settings: AzureSettings) -> str:
    """A name that no other cluster of the directory has: it is part of the address."""
    return f"{settings.name_prefix[:MOST_OF_PREFIX].rstrip('-')}-{own_digits(settings)}"


def workspace_name(settings: AzureSettings) -> str:
    """The name of the workspace that terraform/modules/azure/monitor makes."""
    return f"{settings.name_prefix}-monitor"


def write_url(settings: AzureSettings, cloud: Azure) -> str:
    """Where Prometheus writes to; empty without MONITORING=managed. Raises NotReady where there is no workspace."""
    if settings.monitoring != "managed":
        return ""
    name = workspace_name(settings)
    path = f"{_group(settings)}/providers/Microsoft.Monitor/accounts/{name}"
    found = cloud.find(path, WORKSPACES, f"looking up workspace {name}") or {}
    defaults = (found.get("properties") or {}).get("defaultIngestionSettings") or {}
    endpoint = _part(cloud, str(defaults.get("dataCollectionEndpointResourceId") or ""), f"the endpoint of {name}")
    rule = _part(cloud, str(defaults.get("dataCollectionRuleResourceId") or ""), f"the rule of {name}")
    place, number = str((endpoint.get("metricsIngestion") or {}).get("endpoint") or ""), rule.get("immutableId")
    if not place or not number:
        raise NotReady(f"workspace {name} says nowhere to write metrics to", "Run Create again.")
    return f"{place}/dataCollectionRules/{number}/{_WRITE}"


def grafana_address(settings: AzureSettings, cloud: Azure) -> str:
    """Where Grafana is; empty without MONITORING=managed, and where there is none."""
    if settings.monitoring != "managed":
        return ""
    name = grafana_name(settings)
    path = f"{_group(settings)}/providers/Microsoft.Dashboard/grafana/{name}"
    found = cloud.find(path, DASHBOARDS, f"looking up Grafana {name}") or {}
    return str((found.get("properties") or {}).get("endpoint") or "")


def put_dashboards(settings: AzureSettings, cloud: Azure, token: Callable[[], str], site: Site) -> None:
    """Put the project's dashboards into Grafana. That it can't be done yet is said, and fails nothing."""
    grafana = Grafana(grafana_address(settings, cloud), token)
    dashboards = node_scripts("monitoring/dashboards")
    poll, failure = Poll(PATIENCE_SECONDS), None
    while poll.next():
        try:
            grafana.put_dashboards(dashboards, FOLDER, f"Managed_Prometheus_{workspace_name(settings)}", DATA_SOURCE)
            site.progress.conclude(f"{len(dashboards)} in {grafana.address}")
            return
        except (NotReady, *CANNOT_LOOK) as refused:
            failure = refused
            site.progress.update(" ".join(refused.message.split()))
    told = " ".join(failure.message.split()) if failure else "no answer"
    site.say(f"  Grafana at {grafana.address} has no dashboards yet: {told}. The next Create puts them there.")
    site.progress.conclude("not there yet")


def look_at_dashboards(
    settings: AzureSettings, cloud: Azure, token: Callable[[], str], site: Site
) -> ProvisionError | None:
    """Add a check of whether Grafana has them; that this account may not look is unknown, and fails nothing."""
    if not site.facts.resources:
        return None
    address = grafana_address(settings, cloud)
    try:
        there = Grafana(address, token).dashboards()
    except (NotReady, *CANNOT_LOOK) as failure:
        site.result.checks.append(Check(STAGE, "unknown", " ".join(failure.message.split())))
        return None
    wanted = {str(json.loads(text)["uid"]) for text in node_scripts("monitoring/dashboards").values()}
    missing = sorted(wanted.difference(there))
    told = f"{len(wanted) - len(missing)} of {len(wanted)} in {address}"
    site.result.checks.append(Check(STAGE, "failed" if missing else "ok", told))
    advice = "Create puts them there; it needs the role Grafana Admin (docs/monitoring.md)."
    return NotReady(f"Grafana lacks dashboards: {', '.join(missing)}", advice) if missing else None


def _part(cloud: Azure, path: str, what: str) -> dict[str, Any]:
    if not path.startswith("/subscriptions/"):
        return {}
    return (cloud.find(path, COLLECTION, f"looking up {what}") or {}).get("properties") or {}


def _group(settings: AzureSettings) -> str:
    return f"/subscriptions/{settings.subscription_id}/resourceGroups/{settings.resource_group}"
