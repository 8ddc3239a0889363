"""CLOUD=azure after a run that was killed outright: what it could not note is taken over, or removed."""

from __future__ import annotations

import pytest

from tests.integration.azure.tool import AzureTool, container, killed_when

ONE = {"INSTANCE_COUNT": "1"}
STATE = "demo-deployment/terraform/state/default.tfstate"


def test_a_lost_state_is_found_again(azure: AzureTool) -> None:
    settings = {"ORCH_MODE": "uniform", **ONE}
    first = azure.result("Create", **settings)
    container().delete_blob(STATE)
    said = azure.run("Create", **settings)
    assert said.returncode == 0, said.stderr
    assert "/resourceGroups/demo-rg is there already" in said.stderr
    assert "PRIVATE KEY" not in said.stdout
    assert azure.result("Status", **settings)["nodes"] == first["nodes"]
    assert azure.no_changes(**settings)
    azure.nothing_is_left_after_destroy(**settings)


@pytest.mark.parametrize("at", ["azurerm_virtual_network.this: Creation complete", "scale_set.this[0]: Creating"])
def test_create_takes_over_what_a_killed_run_made(azure: AzureTool, at: str) -> None:
    killed_when(azure, at, **ONE)
    assert azure.result("Create", **ONE)["ok"]
    assert azure.no_changes(**ONE)
    azure.nothing_is_left_after_destroy(**ONE)


def test_destroy_removes_what_a_killed_run_made_and_no_state_tells_of(azure: AzureTool) -> None:
    killed_when(azure, "azurerm_nat_gateway.this: Creation complete", **ONE)
    blob = container().get_blob_client(STATE)
    if blob.exists():
        blob.delete_blob()
    azure.nothing_is_left_after_destroy(**ONE)


def test_another_clusters_machines_of_the_same_name_are_not_taken_over(azure: AzureTool) -> None:
    azure.result("Create", **ONE)
    elsewhere = {"TERRAFORM_BLOB_PATH": "https://mine.blob.core.windows.net/box", **ONE}
    failed = azure.result("Create", expected=20, **elsewhere)
    assert failed["error"]["class"] == "AlreadyThere"
    assert azure.no_changes(**ONE)
    assert azure.result("Destroy", **ONE)["leftovers"] == []
    azure.nothing_is_left_after_destroy(**elsewhere)
