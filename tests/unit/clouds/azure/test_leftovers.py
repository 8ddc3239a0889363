"""What is left of a cluster on Azure, what of it is taken over, and what is another's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.clouds.azure.leftovers import leftovers_of
from cluster_provision.state.azure.rights import rights_on
from tests.unit.clouds.azure.asked_azure import azure_in
from tests.unit.embedded_cloud.azure_kit import GROUP, NETWORK, PLACE, ROOT, SUBSCRIPTION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cluster_provision.clouds.azure.cloud import Azure as Cloud
    from tests.unit.embedded_cloud.azure_kit import Azure

LABEL = "abc123"
OURS: dict[str, Any] = {**PLACE, "tags": {"aiinfra-cluster": LABEL}}
ADDRESS = {"sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}}


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Azure, Cloud]]:
    with azure_in(tmp_path) as (azure, cloud):
        azure.json("PUT", GROUP, OURS, 201)
        azure.json("PUT", f"{NETWORK}/publicIPAddresses/ours", {**OURS, **ADDRESS}, 201)
        azure.json("PUT", f"{NETWORK}/networkSecurityGroups/ours", OURS, 201)
        azure.json("PUT", f"{NETWORK}/publicIPAddresses/theirs", {**PLACE, **ADDRESS}, 201)
        yield azure, cloud


def test_tagged_resources_are_found_with_their_dates_and_delete_commands(both: tuple[Azure, Cloud]) -> None:
    _, cloud = both
    found = cloud.tagged(LABEL)
    assert [each.name for each in found] == ["ours", "ours"]
    assert [each.kind for each in leftovers_of(found)] == ["public address", "network security group"]
    assert all(each.made is not None for each in found)
    assert leftovers_of(found)[0].command == f"az resource delete --ids {NETWORK}/publicIPAddresses/ours"
    (group,) = cloud.tagged_groups(LABEL)
    assert (group.kind, group.name) == ("resource group", "g")
    assert group.command == f"az group delete --name g --subscription {SUBSCRIPTION}"
    assert cloud.tagged("other") == []


def test_removal_deletes_the_tagged_resources_alone(both: tuple[Azure, Cloud]) -> None:
    _, cloud = both
    for each in cloud.tagged(LABEL):
        cloud.remove_tagged(each)
    assert cloud.tagged(LABEL) == []
    assert cloud.find(f"{NETWORK}/publicIPAddresses/theirs", "2025-01-01", "looking")
    assert not cloud.group_is_empty("g")
    cloud.remove(f"{NETWORK}/publicIPAddresses/theirs", "2025-01-01", "deleting")
    assert cloud.group_is_empty("g")
    assert cloud.group_is_empty("nogroup")


@pytest.mark.parametrize(
    ("kind", "values", "found"),
    [
        ("azurerm_resource_group", {"name": "g"}, GROUP),
        (
            "azurerm_public_ip",
            {"name": "ours", "resource_group_name": "g"},
            f"{NETWORK}/publicIPAddresses/ours",
        ),
        ("azurerm_public_ip", {"name": "theirs", "resource_group_name": "g"}, ""),  # has no tag
        ("azurerm_public_ip", {"name": "none", "resource_group_name": "g"}, ""),
        ("azurerm_public_ip", {"name": "ours"}, ""),  # its group isn't known yet
        (
            "azurerm_subnet",
            {"name": "s", "resource_group_name": "g", "virtual_network_name": "v"},
            f"{NETWORK}/virtualNetworks/v/subnets/s",
        ),
        (
            "azurerm_nat_gateway_public_ip_association",
            {"nat_gateway_id": "/a", "public_ip_address_id": "/b"},
            "/a|/b",
        ),
        ("azurerm_key_vault", {"name": "ours", "resource_group_name": "g"}, ""),
    ],
)
def test_only_what_is_surely_the_clusters_is_taken_over(
    both: tuple[Azure, Cloud], kind: str, values: dict[str, Any], found: str
) -> None:
    _, cloud = both
    assert cloud.adoptable(kind, values, LABEL) == found
    assert kind in ("azurerm_subnet", "azurerm_nat_gateway_public_ip_association") or not cloud.adoptable(
        kind, values, "another"
    )


def test_a_role_that_one_was_given_proves_the_right_to_blobs(both: tuple[Azure, Cloud]) -> None:
    azure, cloud = both
    account = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/mine123"
    azure.json("PUT", account, {**PLACE, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}})
    container = f"{account}/blobServices/default/containers/state"
    azure.json("PUT", container, {})
    before = rights_on(cloud, account, "state", keys=False)
    assert "tells nothing of blobs" in before.unproven
    assert cloud.let_me_at_blobs(account)
    after = rights_on(cloud, account, "state", keys=False)
    assert (after.missing, after.unproven) == ((), "")
    elsewhere = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/other123"
    azure.json("PUT", elsewhere, {**PLACE, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}})
    assert rights_on(cloud, elsewhere, "state", keys=False).unproven


def test_roles_are_the_clusters_by_the_folder_in_their_condition(both: tuple[Azure, Cloud]) -> None:
    azure, cloud = both
    identity = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
    principal = azure.json("PUT", identity, OURS, 201)["properties"]["principalId"]
    role = f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    path = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/11111111-0000-0000-0000-000000000001"
    condition = "((@Resource[x:path] StringStartsWith 'dir/demo-deployment/nodes/'))"
    body = {"roleDefinitionId": role, "principalId": principal, "principalType": "ServicePrincipal"}
    azure.json("PUT", path, {"properties": {**body, "condition": condition, "conditionVersion": "2.0"}}, 201)
    assert cloud.assignments(GROUP, "demo-deployment") == []
    assert cloud.assignments(GROUP, "dir/demo") == []
    assert cloud.assignments(f"{GROUP}/providers/Microsoft.Storage/storageAccounts/none", "dir/demo-deployment") == []
    assert cloud.assignments(GROUP, "dir/demo-deployment") == [path]
    assert cloud.adoptable("azurerm_role_assignment", {"scope": GROUP, "principal_id": principal}, LABEL) == path
    cloud.remove_assignment(path)
    assert cloud.assignments(GROUP, "dir/demo-deployment") == []
