"""Making the state's place on Azure takes several calls: each may be cut off, and the next run goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.azure.tool import AzureTool

CALLS = {
    "group": r"(?i:resourcegroups)/aiinfra-terraform\?",
    "account": r"storageAccounts/aiinfratf[0-9a-f]+\?",
    "versions": r"blobServices/default\?",
    "container": r"blobServices/default/containers/terraform\?",
    "role": r"roleAssignments/[0-9a-f-]+\?",
}


def cut_off(azure: AzureTool, call: str) -> int:
    """The exit code of a Create whose call gets no answer."""
    match = {"method": "PUT", "host": "management.azure.com", "path": CALLS[call]}
    azure.goes_wrong({"match": match, "status": 0, "times": 9})
    code = azure.run("Create").returncode
    azure.goes_wrong()
    return code


@pytest.mark.parametrize("call", CALLS)
def test_create_goes_on_where_a_call_was_cut_off(azure: AzureTool, call: str) -> None:
    assert cut_off(azure, call) == 15
    assert [n["status"] for n in azure.result("Create")["nodes"]] == ["ready", "ready"]
    if call == "role":
        checks = {each["name"]: each["status"] for each in azure.result("Validate")["checks"]}
        assert checks["state objects"] == "ok"
    azure.nothing_is_left_after_destroy()


@pytest.mark.parametrize("where", ["storageAccounts/aiinfratf[0-9a-f]+/providers", "containers/terraform/providers"])
def test_an_identity_that_is_not_known_everywhere_yet_is_waited_for(azure: AzureTool, where: str) -> None:
    """The caller's role on the account, and the machines' one, which Terraform gives."""
    text = "Principal 7 does not exist in the directory 8. Check that you have the correct principal ID."
    match = {"method": "PUT", "host": "management.azure.com", "path": rf"{where}/Microsoft.Authorization/roleAss"}
    error = {"code": "PrincipalNotFound", "message": text}
    azure.goes_wrong({"match": match, "times": 1, "status": 400, "body": {"error": error}})
    assert [n["status"] for n in azure.result("Create")["nodes"]] == ["ready", "ready"]
    azure.nothing_is_left_after_destroy()


def test_destroy_removes_an_account_whose_maker_got_no_role_on_it(azure: AzureTool) -> None:
    assert cut_off(azure, "role") == 15
    refused = azure.result("Validate", expected=16)["error"]
    assert "Create and Destroy give it to you" in refused["advice"]
    azure.nothing_is_left_after_destroy()
