"""A cluster on Azure whose machines have the user's own identity: no role is given by the tool."""

from __future__ import annotations

from tests.integration.azure.tool import SCALE_SET, SUBSCRIPTION, AzureTool

IDENTITY = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shared/providers/Microsoft.ManagedIdentity"
    "/userAssignedIdentities/nodes"
)


def test_an_identity_of_the_users_own_is_used_and_stays(azure: AzureTool) -> None:
    azure.settings["NODE_IDENTITY"] = IDENTITY
    created = azure.result("Create")
    assert [each["status"] for each in created["nodes"]] == ["ready", "ready"]
    assert list(azure.arm("GET", SCALE_SET, version="2025-04-01")["identity"]["userAssignedIdentities"]) == [IDENTITY]
    roles = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments"
    given = azure.arm("GET", roles, version="2022-04-01")["value"]
    assert not [each for each in given if each["properties"].get("condition")]
    azure.nothing_is_left_after_destroy()
    assert azure.arm("GET", IDENTITY, version="2024-11-30")["name"] == "nodes"
