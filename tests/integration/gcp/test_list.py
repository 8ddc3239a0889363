"""List: the clusters of one bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.gcp.answers import api_error

if TYPE_CHECKING:
    from tests.integration.conftest import Tool


def test_the_clusters_of_a_bucket_are_listed_and_gone_after_destroy(tool: Tool) -> None:
    assert tool.result("List")["clusters"] == []
    one = tool.result("Create")
    tool.result("Create", NAME_PREFIX="vega", INSTANCE_COUNT="2")
    found = {each["name"]: each for each in tool.result("List")["clusters"]}
    assert found.keys() == {"demo", "vega"}
    assert (found["demo"]["state"], found["demo"]["place"]) == ("created", "us-central1-a")
    assert found["demo"]["price"] == one["price"]
    assert found["vega"]["price"]["hourly"] > one["price"]["hourly"]
    said = tool.run("List", NAME_PREFIX="anything")
    assert said.returncode == 0 and "2 clusters, " in said.stdout
    tool.result("Destroy", NAME_PREFIX="vega", INSTANCE_COUNT="2")
    assert [each["name"] for each in tool.result("List")["clusters"]] == ["demo"]
    tool.result("Destroy")
    assert tool.result("List")["clusters"] == []


def test_a_bucket_that_may_not_be_listed_is_told(tool: Tool) -> None:
    tool.result("Create")
    match = {"host": "storage.googleapis.com", "method": "GET", "path": "delimiter="}
    tool.goes_wrong({"match": match, **api_error(403, "storage.objects.list denied")})
    error = tool.result("List", expected=16)["error"]
    assert "storage.objects.list denied" in error["message"]
