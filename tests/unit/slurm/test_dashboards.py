"""Dashboards and rules: of a form that Grafana and Prometheus take, and about metrics that there are."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from cluster_provision.slurm.node_scripts import node_script, node_scripts
from cluster_provision.slurm.roles.monitoring.grafana import DATA_SOURCE
from tests.unit.slurm.monitoring_metrics import counted_of_gpus, known, named_in

DASHBOARDS = {name: json.loads(text) for name, text in node_scripts("monitoring/dashboards").items()}
RULES = [rule for group in yaml.safe_load(node_script("monitoring/rules.yml"))["groups"] for rule in group["rules"]]


def queries(board: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def test_there_are_four_each_known_by_a_name_of_its_own() -> None:
    assert {each["uid"] for each in DASHBOARDS.values()} == {
        "cluster-use",
        "cluster-node",
        "cluster-gpu",
        "cluster-queue",
    }
    assert len({each["title"] for each in DASHBOARDS.values()}) == 4


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_every_panel_has_a_title_a_place_and_something_to_show(name: str) -> None:
    panels = DASHBOARDS[name]["panels"]
    assert len({each["id"] for each in panels}) == len(panels) > 8
    for each in panels:
        assert each["title"] and each["type"] in {"timeseries", "stat", "table"} and each["targets"]
        place = each["gridPos"]
        assert place["x"] >= 0 and place["x"] + place["w"] <= 24 and place["h"] > 0
        assert {target["datasource"]["uid"] for target in each["targets"]} == {DATA_SOURCE}


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_no_two_panels_lie_upon_each_other(name: str) -> None:
    cells = [
        (x, y)
        for place in (each["gridPos"] for each in DASHBOARDS[name]["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_a_dashboard_asks_for_metrics_that_there_are_and_variables_that_it_has(name: str) -> None:
    board = DASHBOARDS[name]
    asked = [*queries(board), *(each["definition"] for each in board["templating"]["list"])]
    assert {metric for each in queries(board) for metric in named_in(each)} <= known()
    variables = {each["name"] for each in board["templating"]["list"]}
    assert {word for each in asked for word in re.findall(r"\$(\w+)", each)} <= variables


def test_rules_are_about_metrics_that_there_are() -> None:
    assert {metric for each in RULES for metric in named_in(each["expr"])} <= known()


def test_a_rule_says_what_is_so_and_what_to_do() -> None:
    assert len({each["alert"] for each in RULES}) == len(RULES) == 9
    for each in RULES:
        assert each["labels"]["severity"] in {"warning", "critical"}
        assert each["annotations"]["summary"] and each["annotations"]["action"]


def test_what_is_counted_of_gpus_is_written_as_the_exporter_reads_it() -> None:
    lines = [line for line in node_script("monitoring/gpu-counters.csv").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"DCGM_FI_DEV_[A-Z0-9_]+, (gauge|counter), [^,]+", line)] == []
    assert {"DCGM_FI_DEV_XID_ERRORS", "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL"} <= counted_of_gpus()


@pytest.mark.parametrize(
    ("expression", "metrics"),
    [
        ('sum by (a) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 1', {"node_cpu_seconds_total"}),
        ("up == 0 or abs(time() - made_up) > 3", {"up", "made_up"}),
    ],
)
def test_metrics_are_told_from_functions_and_labels(expression: str, metrics: set[str]) -> None:
    assert named_in(expression) == metrics
