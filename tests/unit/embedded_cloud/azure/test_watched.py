"""Azure Monitor takes metrics from whoever may write them, and Grafana lets in whoever has a role on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from embedded_cloud.azure.network.watched import DASHBOARDS, MONITOR
from tests.unit.embedded_cloud.azure_kit import GROUP, PLACE, ROOT, Azure

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

WORKSPACE = f"{GROUP}/providers/Microsoft.Monitor/accounts/w"
GRAFANA = f"{GROUP}/providers/Microsoft.Dashboard/grafana/g"
RULE = f"{ROOT}/resourceGroups/MA_w_westeurope_managed/providers/Microsoft.Insights/dataCollectionRules/w"
ENDPOINT = RULE.replace("dataCollectionRules", "dataCollectionEndpoints")
WHO = "99999999-2222-3333-4444-555555555555"
WRITER, ADMINISTRATOR = "3913510d-42f4-4e42-8a64-420c390055eb", "22926164-76b3-42b3-bc55-97df8dab3e41"


@pytest.fixture
def azure(asked: Asked) -> Azure:
    made = Azure(asked)
    made.group()
    made.json("PUT", WORKSPACE, {**PLACE, "properties": {}})
    return made


def gives(azure: Azure, role: str, scope: str) -> None:
    given = {"roleDefinitionId": f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/{role}", "principalId": WHO}
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/11111111-0000-4000-8000-00000000000a"
    azure.json("PUT", path, {"properties": {**given, "principalType": "ServicePrincipal"}})


def asks(azure: Azure, verb: str, address: str, body: Any = None, audience: str = DASHBOARDS) -> tuple[int, Any]:
    host, _, path = address.removeprefix("https://").partition("/")
    signed = {"authorization": f"Bearer {tokens.token(audience, TENANT, 'x', principal=WHO)}"}
    answer = azure.asked.ask(verb, host, f"/{path}", body, signed)
    return answer.status, json.loads(answer.body or b"null")


def test_metrics_are_taken_with_the_role_on_the_rule_and_a_token_for_them(azure: Azure) -> None:
    place = azure.json("GET", ENDPOINT)["properties"]["metricsIngestion"]["endpoint"]
    number = azure.json("GET", RULE)["properties"]["immutableId"]
    url = f"{place}/dataCollectionRules/{number}/streams/Microsoft-PrometheusMetrics/api/v1/write"
    assert asks(azure, "POST", url, b"x")[0] == 401
    assert asks(azure, "POST", url, b"x", MONITOR)[0] == 403
    gives(azure, WRITER, WORKSPACE)  # on the workspace it is no use
    assert asks(azure, "POST", url, b"x", MONITOR)[0] == 403
    gives(azure, WRITER, RULE)
    assert asks(azure, "POST", url, b"x", f"{MONITOR}/")[0] == 204
    assert asks(azure, "POST", url.replace(number, "dcr-other"), b"x", MONITOR)[0] == 404


def test_grafana_has_the_workspaces_data_source_and_keeps_dashboards(azure: Azure) -> None:
    within = {"azureMonitorWorkspaceIntegrations": [{"azureMonitorWorkspaceResourceId": WORKSPACE}]}
    body = {**PLACE, "sku": {"name": "Standard"}, "properties": {"grafanaIntegrations": within}}
    address = azure.json("PUT", GRAFANA, body)["properties"]["endpoint"]
    assert asks(azure, "GET", f"{address}/api/datasources", audience=MONITOR)[0] == 401
    assert asks(azure, "GET", f"{address}/api/datasources")[0] == 403
    gives(azure, ADMINISTRATOR, GRAFANA)
    assert [each["name"] for each in asks(azure, "GET", f"{address}/api/datasources")[1]] == ["Managed_Prometheus_w"]
    board = {"dashboard": {"uid": "d", "title": "D"}, "folderUid": "f"}
    assert asks(azure, "POST", f"{address}/api/dashboards/db", board)[0] == 400
    folder = {"uid": "f", "title": "F"}
    assert [asks(azure, "POST", f"{address}/api/folders", folder)[0] for _ in range(2)] == [200, 409]
    assert asks(azure, "POST", f"{address}/api/dashboards/db", board)[0] == 200
    assert asks(azure, "GET", f"{address}/api/search?type=dash-db")[1] == [
        {"uid": "d", "title": "D", "type": "dash-db"}
    ]
    assert asks(azure, "GET", f"{address}/api/users")[0] == 501
