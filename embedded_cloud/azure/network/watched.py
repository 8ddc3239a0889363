"""The hosts of Azure Monitor and of Managed Grafana: metrics are taken by whoever may write them, and dashboards kept.

Sources: learn.microsoft.com/azure/azure-monitor/metrics/prometheus-remote-write-virtual-machines, …/managed-grafana,
grafana.com/docs/grafana/latest/developers/http_api (read 2026-12-01). What is in a sample isn't looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import tokens
from embedded_cloud.azure.access.role_conditions import Asked
from embedded_cloud.azure.access.roles import ASSIGNMENT, METRICS, may, role
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.defaults.monitor import ENDPOINT, GRAFANA, RULE, WORKSPACE
from embedded_cloud.azure.identifiers import guid
from embedded_cloud.azure.ids import key, same
from embedded_cloud.azure.references import everything, scope_of
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request
    from embedded_cloud.store import Body, Store

METRICS_SUFFIX = ".metrics.ingest.monitor.azure.com"
GRAFANA_SUFFIX = ".grafana.azure.com"
MONITOR, DASHBOARDS = "https://monitor.azure.com", "ce34e7e5-485f-4d76-964f-b3d2b16d1e4f"
"""What tokens are for."""
WRITES, BOARDS, FOLDERS = "x-writes", "x-boards", "x-folders"


def take_metrics(store: Store, request: Request) -> Answer:
    """A remote write: 204 where the caller has the role on the rule that it names."""
    claims = tokens.bearer(request) or {}
    if str(claims.get("aud", "")).rstrip("/") != MONITOR:
        return _failed(401, "InvalidToken", "The authentication token is invalid.")
    here = [each for each in everything(store) if each["type"] == ENDPOINT and _host(each) == request.host]
    number = request.segments[1] if request.segments[:1] == ["dataCollectionRules"] else ""
    rules = [each for each in everything(store) if each["type"] == RULE and _number(each) == number]
    if request.method != "POST" or not here or not rules:
        return _failed(404, "NotFound", "Data collection rule not found.")
    (found,) = rules
    if not may(store, str(claims.get("oid")), found["id"], Asked(METRICS, "")):
        told = "The authentication token provided does not have access to ingest data for the data collection rule."
        return _failed(403, "OperationFailed", told)
    with store.lock:
        store.put(*key(found["id"]), {**found, WRITES: int(found.get(WRITES) or 0) + 1})
    return Answer(204)


def answer_grafana(store: Store, request: Request) -> Answer:  # noqa: PLR0911 one line a kind of call
    """Grafana's answer to whoever has the role on it."""
    claims = tokens.bearer(request) or {}
    if claims.get("aud") != DASHBOARDS:
        return Answer.json({"message": "Unauthorized"}, 401)
    found = next(
        (each for each in everything(store) if each["type"] == GRAFANA and _address(each) == request.host), None
    )
    if found is None:
        return Answer.json({"message": "not found"}, 404)
    if not _administers(store, str(claims.get("oid")), found["id"]):
        return Answer.json({"message": "Forbidden"}, 403)
    asked = (request.method, request.path)
    if asked == ("GET", "/api/datasources"):
        return Answer.json(_sources(store, found))
    if asked == ("GET", "/api/search"):
        boards = (found.get(BOARDS) or {}).values()
        return Answer.json([{"uid": each["uid"], "title": each["title"], "type": "dash-db"} for each in boards])
    if asked == ("POST", "/api/folders"):
        return _kept(store, found, FOLDERS, request.json())
    if asked == ("POST", "/api/dashboards/db"):
        return _board(store, found, request.json())
    return Answer.json({"message": "the embedded cloud of this rehearsal does not know that of Grafana"}, 501)


def _board(store: Store, grafana: Body, given: Any) -> Answer:
    if given.get("folderUid") not in (grafana.get(FOLDERS) or {}):
        return Answer.json({"message": "folder not found"}, 400)
    _kept(store, grafana, BOARDS, given["dashboard"])
    return Answer.json({"uid": given["dashboard"]["uid"], "status": "success"})


def _kept(store: Store, grafana: Body, mark: str, given: Any) -> Answer:
    there = dict(grafana.get(mark) or {})
    if given["uid"] in there and mark == FOLDERS:
        return Answer.json({"message": "a folder with the same uid already exists"}, 409)
    with store.lock:
        store.put(*key(grafana["id"]), {**grafana, mark: {**there, given["uid"]: given}})
    return Answer.json(given)


def _sources(store: Store, grafana: Body) -> list[Body]:
    """A data source for each workspace that Grafana is integrated with."""
    wanted = read(grafana, "properties.grafanaIntegrations.azureMonitorWorkspaceIntegrations") or ()
    ids = [str(each.get("azureMonitorWorkspaceResourceId")) for each in wanted]
    there = [each for each in everything(store) if each["type"] == WORKSPACE and any(same(each["id"], i) for i in ids)]
    return [
        {"uid": guid(store, f"source {each['id']}"), "name": f"Managed_Prometheus_{each['name']}", "type": "prometheus"}
        for each in there
    ]


def _administers(store: Store, principal: str, scope: str) -> bool:
    return any(
        each["type"] == ASSIGNMENT
        and read(each, "properties.principalId") == principal
        and same(scope_of(each), scope)
        and (held := role(store, str(read(each, "properties.roleDefinitionId")))) is not None
        and held.name == "Grafana Admin"
        for each in everything(store)
    )


def _host(endpoint: Body) -> str:
    return str(read(endpoint, "properties.metricsIngestion.endpoint") or "").removeprefix("https://")


def _address(grafana: Body) -> str:
    return str(read(grafana, "properties.endpoint") or "").removeprefix("https://")


def _number(rule: Body) -> str:
    return str(read(rule, "properties.immutableId") or "")


def _failed(status: int, code: str, message: str) -> Answer:
    return Answer.json({"error": {"code": code, "message": message}}, status)
