"""Azure Monitor workspaces with the group that Azure makes beside each, Grafana, and groups of Prometheus rules.

Sources: learn.microsoft.com/azure/azure-monitor/metrics (azure-monitor-workspace-overview, prometheus-rule-groups,
prometheus-remote-write-virtual-machines), and what azurerm 5.2.0 reads back (read 2026-12-01).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.failure import invalid
from embedded_cloud.azure.identifiers import guid
from embedded_cloud.azure.ids import key
from embedded_cloud.azure.login import TENANT
from embedded_cloud.azure.references import find

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

WORKSPACE = "Microsoft.Monitor/accounts"
ENDPOINT = "Microsoft.Insights/dataCollectionEndpoints"
RULE = "Microsoft.Insights/dataCollectionRules"
GRAFANA = "Microsoft.Dashboard/grafana"
GROUP = "Microsoft.Resources/subscriptions/resourceGroups"
MANAGED = "x-managed"  # as resources.py deletes it
MOST_RULES = 20


def workspace(call: Call, old: Body | None, body: Body) -> Body:
    """Complete a workspace. Beside a new one Azure makes a group with an endpoint and a rule of the same name."""
    name, region = body["name"], body["location"]
    group = f"/subscriptions/{call.id.subscription}/resourceGroups/MA_{name}_{region}_managed"
    if old is None:
        _keep(call, group, GROUP, region, {"provisioningState": "Succeeded"}, managedBy=body["id"])
        unique = guid(call.store, f"workspace {body['id'].lower()}")
        for kind, prefix, own in (
            (ENDPOINT, "dce", {"metricsIngestion": {"endpoint": ingestion(name, region, unique)}}),
            (RULE, "dcr", {}),
        ):
            path = f"{group}/providers/{kind}/{name}"
            number = guid(call.store, f"{prefix} {body['id'].lower()}").replace("-", "")
            _keep(call, path, kind, region, {"immutableId": f"{prefix}-{number}", **own})
    for what, kind in (("dataCollectionEndpointResourceId", ENDPOINT), ("dataCollectionRuleResourceId", RULE)):
        body = with_value(body, f"properties.defaultIngestionSettings.{what}", f"{group}/providers/{kind}/{name}")
    host = f"{name.lower()}-{guid(call.store, body['id'].lower())[:4]}.{region}.prometheus.monitor.azure.com"
    body = with_value(body, "properties.metrics.prometheusQueryEndpoint", f"https://{host}")
    return {**body, MANAGED: group}


def ingestion(name: str, region: str, unique: str) -> str:
    """Where an endpoint takes metrics."""
    return f"https://{name.lower()}-{unique[:4]}.{region}-1.metrics.ingest.monitor.azure.com"


def grafana(call: Call, old: Body | None, body: Body) -> Body:
    """Complete a Grafana, with its address and its own identity."""
    host = f"{body['name'].lower()}-{guid(call.store, body['id'].lower())[:8]}.{body['location']}.grafana.azure.com"
    body = with_value(body, "properties.endpoint", f"https://{host}")
    body = with_value(body, "properties.grafanaVersion", f"{read(body, 'properties.grafanaMajorVersion')}.0.0")
    if read(body, "identity.type") == "SystemAssigned":
        number = guid(call.store, f"principal {body['id'].lower()}")
        body = {**body, "identity": {"type": "SystemAssigned", "principalId": number, "tenantId": TENANT}}
    return body


def rule_group(call: Call, old: Body | None, body: Body) -> Body:
    """Complete a group of rules. Raises ArmError for one that is too large, or whose workspace isn't there."""
    rules = read(body, "properties.rules")
    if len(rules) > MOST_RULES:
        raise invalid(f"The rule group has {len(rules)} rules; the maximum is {MOST_RULES}.")
    if any(bool(each.get("alert")) == bool(each.get("record")) for each in rules):
        raise invalid("Each rule must have either 'alert' or 'record'.")
    for scope in read(body, "properties.scopes"):
        if find(call.store, scope) is None:
            raise invalid(f"The scope {scope} was not found.")
    return body


def _keep(call: Call, path: str, kind: str, region: str, properties: Body, **more: str) -> None:
    name = path.rpartition("/")[2]
    body = {"id": path, "name": name, "type": kind, "location": region, "properties": properties, **more}
    call.store.put(*key(path), body)


DEFAULTS = {
    WORKSPACE: workspace,
    GRAFANA: grafana,
    "Microsoft.AlertsManagement/prometheusRuleGroups": rule_group,
}
