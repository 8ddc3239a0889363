"""docs/result.schema.json says what a result has. (Results of the tool's runs in tests are held against it, too.)"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

import pytest

from cluster_provision.result import Result
from cluster_provision.settings.declared.action import Action
from tests.documented import SCHEMA, undocumented
from tests.unit.report_page.made import result_of


def printed(result: Result) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(result.to_json()))
    return read


@pytest.mark.parametrize("result", [Result(""), result_of(1), result_of(8)])
def test_results_are_as_documented(result: Result) -> None:
    assert undocumented(printed(result)) == []


def test_a_key_that_is_not_documented_is_found_wherever_it_is() -> None:
    result = printed(result_of(2))
    result["benchmark"]["rows"][0]["surprise"] = result["surprise"] = 1
    result["nodes"][0]["status"] = "bored"
    assert [each.partition(":")[0] for each in undocumented(result)] == ["$", "$.nodes[0].status", "$.benchmark"]


def test_every_action_is_in_the_schema() -> None:
    assert set(json.loads(SCHEMA.read_text())["properties"]["action"]["enum"]) == {*get_args(Action), ""}


@pytest.mark.parametrize("status", ["ready", "starting", "failed", "missing", "drained", "unreachable"])
def test_what_a_node_can_be_is_in_the_schema(status: str) -> None:
    result = result_of(2)
    result.nodes = [replace(node, status=status) for node in result.nodes]
    assert undocumented(printed(result)) == []
