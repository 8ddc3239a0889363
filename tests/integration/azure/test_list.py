"""List: the clusters of one container."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.azure.tool import AzureTool


def test_the_clusters_of_a_container_are_listed(azure: AzureTool) -> None:
    assert azure.result("List")["clusters"] == []
    created = azure.result("Create", INSTANCE_COUNT="1")
    (found,) = azure.result("List", NAME_PREFIX="another")["clusters"]
    assert (found["name"], found["state"], found["locked_by"]) == ("demo", "created", "")
    assert found["price"] == created["price"]
    assert found["since"]
