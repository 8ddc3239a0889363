"""Dashboards in the Grafana that Azure manages."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from cluster_provision.clouds.azure.grafana import Grafana
from cluster_provision.errors import NotReady, PermissionDenied, ProvisionError, Refused, UnexpectedError, Unreachable

ADDRESS = "https://vega-ab12.eastus.grafana.azure.com"
BOARD = json.dumps({"uid": "cluster-gpu", "panels": [{"datasource": {"type": "prometheus", "uid": "own"}}]})
SOURCES = [{"name": "Azure Monitor", "uid": "am"}, {"name": "Managed_Prometheus_vega-monitor", "uid": "mp"}]


class Answers:
    """Grafana's answers by method and path, each a status and JSON; `asked` are the calls with their bodies."""

    def __init__(self, **statuses: int) -> None:
        self.sources: Any = SOURCES
        self.statuses = statuses
        self.asked: list[tuple[str, str, Any]] = []

    def __call__(self, verb: str, url: str, **given: Any) -> requests.Response:
        path = url.removeprefix(ADDRESS).partition("?")[0]
        self.asked.append((verb, path, given["json"]))
        assert given["headers"] == {"Authorization": "Bearer word"} and given["allow_redirects"] is False
        answer = requests.Response()
        answer.status_code = self.statuses.get(path.rpartition("/")[2], 200)
        told = self.sources if path == "/api/datasources" else [{"uid": "a"}] if path == "/api/search" else {}
        answer._content = json.dumps(told).encode()
        return answer


def grafana(answers: Answers, monkeypatch: pytest.MonkeyPatch, address: str = ADDRESS) -> Grafana:
    monkeypatch.setattr(requests, "request", answers)
    return Grafana(address, lambda: "word")


def put(found: Grafana) -> None:
    found.put_dashboards({"gpu.json": BOARD}, "Cluster", "Managed_Prometheus_vega-monitor", "own")


@pytest.mark.parametrize("folders", [200, 409, 412])
def test_dashboards_ask_the_workspaces_own_data_source_whether_the_folder_is_new_or_not(
    folders: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Answers(folders=folders)
    put(grafana(answers, monkeypatch))
    assert answers.asked[1] == ("POST", "/api/folders", {"uid": "cluster", "title": "Cluster"})
    _, path, body = answers.asked[2]
    assert (path, body["folderUid"], body["overwrite"]) == ("/api/dashboards/db", "cluster", True)
    assert body["dashboard"] == {
        "uid": "cluster-gpu",
        "id": None,
        "panels": [{"datasource": {"type": "prometheus", "uid": "mp"}}],
    }


def test_what_is_there_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert grafana(Answers(), monkeypatch).dashboards() == ["a"]


def test_without_the_data_source_nothing_is_put_there(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers()
    answers.sources = SOURCES[:1]
    with pytest.raises(NotReady, match="no data source Managed_Prometheus_vega-monitor yet"):
        put(grafana(answers, monkeypatch))
    assert len(answers.asked) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, PermissionDenied), (403, PermissionDenied), (400, Refused), (302, Refused), (503, Unreachable)],
)
def test_a_refusal_is_told_by_its_class(
    status: int, error: type[ProvisionError], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(error, match=f"HTTP {status}"):
        put(grafana(Answers(db=status), monkeypatch))


@pytest.mark.parametrize("address", ["https://grafana.azure.com.example.org", "http://a.grafana.azure.com", ""])
def test_nobody_else_gets_the_token(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers()
    with pytest.raises(UnexpectedError, match=r"not below grafana\.azure\.com"):
        grafana(answers, monkeypatch, address).dashboards()
    assert answers.asked == []
