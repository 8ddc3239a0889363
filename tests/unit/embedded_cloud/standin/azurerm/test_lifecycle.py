"""The calls with which azurerm makes, changes and deletes resources, and its words where they are refused."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_cloud.standin.azurerm import api
from embedded_cloud.standin.azurerm.account import Features
from embedded_cloud.standin.azurerm.resource_group import ResourceGroup
from embedded_cloud.standin.azurerm.role_assignment import RoleAssignment
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.wire import UNKNOWN
from tests.unit.embedded_cloud.standin.azurerm.kit import GROUP, NETWORK, SUBSCRIPTION, Answer, Arm, life, refused
from tests.unit.embedded_cloud.standin.kit import config

ADDRESS, GATEWAY = "azurerm_public_ip", "azurerm_nat_gateway"
WHERE = {"name": "n", "resource_group_name": "rg", "location": "westeurope"}
OPERATION = "https://management.azure.com/operations/o"
IN_WORDS = f'Nat Gateway (Subscription: "{SUBSCRIPTION}"\nResource Group Name: "rg"\nNat Gateway Name: "n")'
FULL = "Allocation failed. We do not have sufficient capacity for the requested VM size in this region."


def gateway(**more: Any) -> dict[str, Any]:
    return config(GATEWAY, **WHERE, sku_name="Standard", idle_timeout_in_minutes=4, id=UNKNOWN, **more)


def begun(verb: str, then: Any) -> Arm:
    """What the verb begins is asked for twice, and ends as `then` says."""
    looks: list[str] = []

    def special(said: str, path: str, sent: Any) -> Answer | None:
        if path == "/operations/o":
            looks.append(path)
            return 200, {"status": "InProgress"} if len(looks) == 1 else then, {}
        if said == verb:
            body = {**(sent or {}), "id": path, "name": path.rpartition("/")[2]}
            arm.held[path] = body
            return 201, body, {"azure-asyncoperation": OPERATION}
        return None

    arm = Arm(special)
    return arm


def test_a_resource_is_looked_for_made_waited_for_and_read() -> None:
    arm = begun("PUT", {"status": "Succeeded"})
    state = life(GATEWAY, arm).create(gateway(tags={"a": "b"}))
    path = f"{NETWORK}/natGateways/n"
    operation = ("GET", "/operations/o")
    assert [(verb, path) for verb, path, _ in arm.calls] == [
        ("GET", path),
        ("PUT", path),
        operation,
        operation,
        ("GET", path),
    ]
    assert arm.sent("PUT") == {
        "location": "westeurope",
        "sku": {"name": "Standard"},
        "tags": {"a": "b"},
        "properties": {"idleTimeoutInMinutes": 4},
    }
    assert (state["id"], state["name"], state["tags"]) == (path, "n", {"a": "b"})


def test_what_is_there_already_has_to_be_imported() -> None:
    arm = Arm()
    arm.held[f"{NETWORK}/natGateways/n"] = {"id": "x"}
    with pytest.raises(Failed) as failed:
        life(GATEWAY, arm).create(gateway())
    assert str(failed.value).startswith(f'a resource with the ID "{NETWORK}/natGateways/n" already exists - to be man')
    assert str(failed.value).endswith('see the resource documentation for "azurerm_nat_gateway" for more information')
    assert arm.changes() == []


def test_a_refusal_is_told_with_the_id_in_words_and_leaves_nothing() -> None:
    refusal = refused(409, "OperationNotAllowed", "exceeding approved quota")
    arm = Arm(lambda verb, *_: refusal if verb == "PUT" else None)
    with pytest.raises(Failed) as failed:
        life(GATEWAY, arm).create(gateway())
    text = "unexpected status 409 (409 Conflict) with error: OperationNotAllowed: exceeding approved quota"
    assert str(failed.value) == f"creating {IN_WORDS}: performing CreateOrUpdate: {text}"
    assert failed.value.state is None


@pytest.mark.parametrize("persists", [True, False])
def test_what_fails_under_way_stays_in_the_state_only_where_the_provider_is_told_so(persists: bool) -> None:
    error = {"code": "AllocationFailed", "message": FULL}
    arm = begun("PUT", {"status": "Failed", "error": error})
    with pytest.raises(Failed) as failed:
        life(GATEWAY, arm, features=Features(persists_id=persists)).create(gateway())
    told = str(failed.value)
    assert told.startswith(f"creating {IN_WORDS}: polling after CreateOrUpdate: polling failed: the Azure API returned")
    assert f'Status: "AllocationFailed"\nCode: ""\nMessage: "{FULL}"\nActivity Id: ""' in told
    left = failed.value.state
    assert (left and left["id"]) == (f"{NETWORK}/natGateways/n" if persists else None)


def test_a_change_keeps_what_else_the_resource_has() -> None:
    arm = Arm()
    lifecycle = life(GATEWAY, arm)
    made = lifecycle.create(gateway())
    arm.held[made["id"]]["properties"]["publicIpAddresses"] = [{"id": "a"}]
    changed = lifecycle.update(made, {**made, "idle_timeout_in_minutes": 10})
    assert changed["idle_timeout_in_minutes"] == 10
    assert arm.held[made["id"]]["properties"] == {"idleTimeoutInMinutes": 10, "publicIpAddresses": [{"id": "a"}]}


def test_what_is_gone_reads_as_gone_and_is_deleted_without_a_word() -> None:
    state = {**gateway(), "id": f"{NETWORK}/natGateways/n"}
    assert life(GATEWAY, Arm()).read(state) is None
    life(GATEWAY, Arm(lambda verb, *_: refused(404, "x", "y") if verb == "DELETE" else None)).delete(state)


def test_a_lock_is_told_and_the_resource_stays() -> None:
    locked = refused(409, "ScopeLocked", "The scope 'x' cannot perform delete operation because following scope(s)")
    state = {**gateway(), "id": f"{NETWORK}/natGateways/n"}
    with pytest.raises(Failed, match=r"(?s)deleting Nat Gateway .*: performing Delete: .*ScopeLocked") as failed:
        life(GATEWAY, Arm(lambda *_: locked)).delete(state)
    assert failed.value.state == state


def test_busy_answers_are_asked_again() -> None:
    busy = [(429, {}, {"retry-after": "0"}), (503, {}, {"retry-after": "0"})]
    arm = Arm(lambda verb, *_: busy.pop() if verb == "PUT" and busy else None)
    assert life(GATEWAY, arm).create(gateway())["id"]
    assert [verb for verb, _ in arm.changes()] == ["PUT", "PUT", "PUT"]


def test_a_busy_answer_that_names_a_date_is_asked_again_after_the_usual_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_BACK_OFF", (0.001, 0.001))
    busy = [(429, {}, {"retry-after": "Fri, 31 Dec 2100 23:59:59 GMT"})]
    arm = Arm(lambda verb, *_: busy.pop() if verb == "PUT" and busy else None)
    assert life(GATEWAY, arm).create(gateway())["id"]
    assert [verb for verb, _ in arm.changes()] == ["PUT", "PUT"]


def test_a_group_that_holds_something_is_not_deleted() -> None:
    def special(verb: str, path: str, sent: Any) -> Answer | None:
        return (200, {"value": [{"id": "/b"}, {"id": "/a"}]}, {}) if path.endswith("/resources") else None

    arm = Arm(special)
    state = config("azurerm_resource_group", name="rg", location="westeurope", id=GROUP)
    with pytest.raises(Failed) as failed:
        life("azurerm_resource_group", arm, ResourceGroup).delete(state)
    assert 'deleting Resource Group "rg": the Resource Group still contains Resources.' in str(failed.value)
    assert "* `/a`\n* `/b`" in str(failed.value)
    assert arm.changes() == []
    life("azurerm_resource_group", arm, ResourceGroup, Features(keeps_groups_with_resources=False)).delete(state)
    assert arm.changes() == [("DELETE", GROUP)]


def test_a_groups_tags_are_changed_by_a_patch_of_them_alone() -> None:
    arm = Arm()
    arm.held[GROUP] = {"id": GROUP, "name": "rg", "location": "westeurope", "tags": {"a": "1"}}
    lifecycle = life("azurerm_resource_group", arm, ResourceGroup)
    before = lifecycle.read(config("azurerm_resource_group", name="rg", location="westeurope", id=GROUP))
    assert before is not None
    lifecycle.update(before, {**before, "tags": {"a": "2"}})
    assert arm.sent("PATCH") == {"tags": {"a": "2"}}


def role(arm: Arm, **more: Any) -> dict[str, Any]:
    given = {"scope": GROUP, "principal_id": "p", "name": UNKNOWN, "role_definition_id": UNKNOWN, "id": UNKNOWN}
    name = "azurerm_role_assignment"
    return life(name, arm, RoleAssignment).create(config(name, **given, **more))


def directory(verb: str, path: str, sent: Any) -> Answer | None:
    definition = {"id": "/roles/7", "properties": {"roleName": "Reader"}}
    if path.endswith("/roleDefinitions"):
        return 200, {"value": [definition]}, {}
    return (200, definition, {}) if path == "/roles/7" else None


def test_a_role_is_found_by_its_name_and_the_assignment_is_a_new_uuid() -> None:
    arm = Arm(directory)
    state = role(arm, role_definition_name="Reader", condition="c", skip_service_principal_aad_check=True)
    assert arm.sent("PUT")["properties"] == {
        "roleDefinitionId": "/roles/7",
        "principalId": "p",
        "principalType": "ServicePrincipal",
        "condition": "c",
        "conditionVersion": "2.0",
    }
    assert len(state["name"]) == 36
    assert state["id"] == f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{state['name']}"
    assert (state["role_definition_id"], state["role_definition_name"]) == ("/roles/7", "Reader")


def test_a_new_identity_is_waited_for_but_a_missing_permission_is_not() -> None:
    late = [refused(400, "PrincipalNotFound", "Principal p does not exist in the directory")]

    def special(verb: str, path: str, sent: Any) -> Answer | None:
        return late.pop() if verb == "PUT" and late else directory(verb, path, sent)

    assert role(Arm(special), role_definition_name="Reader")["id"]
    denied = refused(403, "AuthorizationFailed", "The client 'X' does not have authorization")
    arm = Arm(lambda verb, path, sent: denied if verb == "PUT" else directory(verb, path, sent))
    with pytest.raises(Failed, match="AuthorizationFailed"):
        role(arm, role_definition_name="Reader")


def test_a_role_that_there_is_not_is_named() -> None:
    arm = Arm(lambda verb, path, sent: (200, {"value": []}, {}) if path.endswith("/roleDefinitions") else None)
    with pytest.raises(Failed, match="could not find role `Reader`"):
        role(arm, role_definition_name="Reader")


def test_tags_that_are_taken_away_are_named_in_a_patch() -> None:
    arm = Arm()
    arm.held[GROUP] = {"id": GROUP, "name": "rg", "location": "westeurope", "tags": {"a": "1"}}
    lifecycle = life("azurerm_resource_group", arm, ResourceGroup)
    before = lifecycle.read(config("azurerm_resource_group", name="rg", location="westeurope", id=GROUP))
    assert before is not None
    lifecycle.update(before, {**before, "tags": None})
    assert arm.sent("PATCH") == {"tags": {}}
