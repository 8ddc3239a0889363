"""Resource Manager's regular resources: what is filled in, what is refused, what keeps another from going."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from tests.unit.embedded_cloud.azure_kit import CLIENT, COMPUTE, GROUP, HOST, NETWORK, PLACE, ROOT, Azure

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

ADDRESS = f"{NETWORK}/publicIPAddresses/a"
STANDARD = {**PLACE, "sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}}


@pytest.fixture
def azure(asked: Asked) -> Azure:
    return Azure(asked)


def rule(name: str, priority: int = 100, **more: Any) -> dict[str, Any]:
    given = {"protocol": "Tcp", "access": "Allow", "direction": "Inbound", "priority": priority}
    return {"name": name, "properties": {**given, **more}}


def test_a_resource_is_kept_and_found_whatever_the_case_of_its_id(azure: Azure) -> None:
    azure.group()
    made = azure.json("PUT", ADDRESS, STANDARD, 201)
    assert made["id"] == ADDRESS
    assert azure.json("GET", ADDRESS.upper().replace("/SUBSCRIPTIONS", "/subscriptions")) == made
    assert (made["type"], made["name"]) == ("Microsoft.Network/publicIPAddresses", "a")


def test_a_change_is_an_operation_that_can_be_asked_for(azure: Azure) -> None:
    azure.group()
    answer = azure.ask("PUT", ADDRESS, STANDARD)
    address = dict(answer.headers)["Azure-AsyncOperation"]
    assert address.startswith(f"https://{HOST}/")
    path = address.removeprefix(f"https://{HOST}").partition("?")[0]
    assert azure.json("GET", path)["status"] == "Succeeded"


def test_what_is_in_no_group_is_refused(azure: Azure) -> None:
    code, message = azure.refused("PUT", ADDRESS, STANDARD, 404)
    assert (code, message) == ("ResourceGroupNotFound", "Resource group 'g' could not be found.")


def test_what_is_not_there_is_not_found_by_its_type_and_group(azure: Azure) -> None:
    azure.group()
    code, message = azure.refused("GET", ADDRESS, status=404)
    assert code == "ResourceNotFound"
    assert "'Microsoft.Network/publicIPAddresses/a' under resource group 'g'" in message


def test_a_type_that_is_not_emulated_says_so(azure: Azure) -> None:
    azure.group()
    path = f"{GROUP}/providers/Microsoft.Web/sites/x"
    code, message = azure.refused("PUT", path, PLACE, 501)
    assert (code, "does not know" in message) == ("NotImplemented", True)


def test_a_call_without_a_token_is_refused(asked: Asked) -> None:
    answer = asked.ask("GET", HOST, f"{ROOT}?api-version=2022-12-01", headers={"authorization": ""})
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (401, "AuthenticationFailed")


def test_a_token_that_is_over_is_refused_with_both_times(azure: Azure) -> None:
    token = tokens.token("x", TENANT, CLIENT, lifetime=-60)
    error = json.loads(azure.ask("GET", ROOT, token=token).body)["error"]
    assert error["code"] == "ExpiredAuthenticationToken"
    assert f"expiry UTC time '{time.strftime('%m/%d/%Y', time.gmtime())}" in error["message"]


def test_another_tenants_token_is_refused_with_both_tenants(azure: Azure) -> None:
    token = tokens.token("x", "99999999-0000-0000-0000-000000000000", CLIENT)
    error = json.loads(azure.ask("GET", ROOT, token=token).body)["error"]
    assert error["code"] == "InvalidAuthenticationTokenTenant"
    assert TENANT in error["message"]


def test_a_call_without_a_version_is_refused(asked: Asked) -> None:
    token = tokens.token("x", TENANT, CLIENT)
    answer = asked.ask("GET", HOST, ROOT, headers={"authorization": f"Bearer {token}"})
    assert json.loads(answer.body)["error"]["code"] == "MissingApiVersionParameter"


def test_a_subnet_is_shown_in_its_network_and_stays_when_the_network_is_written(azure: Azure) -> None:
    subnet = azure.network()
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}}
    azure.json("PUT", f"{NETWORK}/virtualNetworks/v", {**PLACE, "properties": space}, 200)
    shown = azure.json("GET", f"{NETWORK}/virtualNetworks/v")["properties"]["subnets"]
    assert [each["id"] for each in shown] == [subnet]
    assert shown[0] == azure.json("GET", subnet)


def test_a_subnet_outside_its_network_or_over_another_is_refused(azure: Azure) -> None:
    azure.network()
    base = f"{NETWORK}/virtualNetworks/v/subnets"
    outside = azure.refused("PUT", f"{base}/t", {"properties": {"addressPrefix": "192.168.0.0/24"}})
    over = azure.refused("PUT", f"{base}/t", {"properties": {"addressPrefix": "10.0.0.128/25"}})
    assert (outside[0], over[0]) == ("NetcfgInvalidSubnet", "NetcfgSubnetRangesOverlap")


def test_a_reference_to_what_is_not_there_is_refused(azure: Azure) -> None:
    azure.network()
    group = f"{NETWORK}/networkSecurityGroups/none"
    body = {"properties": {"addressPrefix": "10.0.1.0/24", "networkSecurityGroup": {"id": group}}}
    code, message = azure.refused("PUT", f"{NETWORK}/virtualNetworks/v/subnets/t", body)
    assert (code, group in message) == ("InvalidResourceReference", True)


def test_what_another_uses_can_not_be_deleted_and_shows_by_whom(azure: Azure) -> None:
    subnet = azure.network()
    security = f"{NETWORK}/networkSecurityGroups/n"
    azure.json("PUT", security, PLACE)
    body = {"properties": {"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": {"id": security}}}
    azure.json("PUT", subnet, body, 200)
    assert azure.json("GET", security)["properties"]["subnets"] == [{"id": subnet}]
    code, message = azure.refused("DELETE", security)
    assert (code, subnet in message) == ("InUseNetworkSecurityGroupCannotBeDeleted", True)
    azure.json("PUT", subnet, {"properties": {"addressPrefix": "10.0.0.0/24"}})
    assert azure.ask("DELETE", security).status == 202
    assert azure.ask("DELETE", security).status == 204


def test_two_rules_of_one_priority_are_refused(azure: Azure) -> None:
    azure.group()
    security = f"{NETWORK}/networkSecurityGroups/n"
    azure.json("PUT", security, {**PLACE, "properties": {"securityRules": [rule("one")]}})
    code, message = azure.refused("PUT", f"{security}/securityRules/two", rule("two"))
    assert (code, "two conflicts with rule one" in message) == ("SecurityRuleConflict", True)
    azure.json("PUT", f"{security}/securityRules/two", rule("two", 101), 201)
    found = azure.json("GET", security)["properties"]
    assert [each["name"] for each in found["securityRules"]] == ["one", "two"]
    assert len(found["defaultSecurityRules"]) == 6


def test_a_basic_address_is_retired(azure: Azure) -> None:
    azure.group()
    assert azure.refused("PUT", ADDRESS, PLACE)[0] == "IPv4BasicSkuPublicIpCountLimitReached"


def test_a_resource_stays_where_it_is(azure: Azure) -> None:
    azure.group()
    azure.json("PUT", ADDRESS, STANDARD)
    assert azure.refused("PUT", ADDRESS, {**STANDARD, "location": "East US"}, 409)[0] == "InvalidResourceLocation"
    assert azure.json("PUT", ADDRESS, {**STANDARD, "location": "West Europe"}, 200)["location"] == "westeurope"


def test_a_lock_keeps_a_group_and_all_in_it_until_it_is_taken_away(azure: Azure) -> None:
    azure.group()
    azure.json("PUT", ADDRESS, STANDARD)
    lock = f"{GROUP}/providers/Microsoft.Authorization/locks/keep"
    azure.json("PUT", lock, {"properties": {"level": "CanNotDelete"}}, 201)
    for path in (GROUP, ADDRESS):
        code, message = azure.refused("DELETE", path, status=409)
        assert (code, f"locked: '{GROUP}'" in message) == ("ScopeLocked", True)
    azure.json("PUT", ADDRESS, STANDARD, 200)
    azure.json("PUT", lock, {"properties": {"level": "ReadOnly"}}, 200)
    assert azure.refused("PUT", ADDRESS, STANDARD, 409)[0] == "ScopeLocked"
    azure.json("DELETE", lock)
    assert azure.ask("DELETE", GROUP).status == 202


def test_a_group_takes_its_content_with_it(azure: Azure) -> None:
    azure.network()
    assert azure.asked.json("GET", "rehearsal.internal", "/leftovers")["empty"] is False
    assert azure.ask("DELETE", GROUP).status == 202
    assert azure.ask("HEAD", GROUP).status == 404
    assert azure.asked.json("GET", "rehearsal.internal", "/leftovers")["leftovers"] == []


def test_resources_and_groups_are_found_by_tag(azure: Azure) -> None:
    azure.json("PUT", GROUP, {**PLACE, "tags": {"aiinfra-cluster": "abc"}})
    azure.json("PUT", ADDRESS, {**STANDARD, "tags": {"aiinfra-cluster": "abc"}})
    azure.json("PUT", f"{NETWORK}/publicIPAddresses/other", {**STANDARD, "tags": {"aiinfra-cluster": "x"}})
    query = "&$filter=tagName%20eq%20'aiinfra-cluster'%20and%20tagValue%20eq%20'abc'"
    assert [each["name"] for each in azure.json("GET", f"{ROOT}/resources", query=query)["value"]] == ["a"]
    assert [each["name"] for each in azure.json("GET", f"{ROOT}/resourcegroups", query=query)["value"]] == ["g"]
    mixed = query + "%20and%20name%20eq%20'a'"
    answer = azure.ask("GET", f"{ROOT}/resources", query=mixed)
    assert json.loads(answer.body)["error"]["code"] == "InvalidFilterInQueryString"


def test_a_filter_takes_what_a_tag_may_hold_and_goes_on_to_the_next_page(azure: Azure) -> None:
    tags = {"note": "this and that & it's more"}
    azure.group()
    for name in ("a", "b"):
        azure.json("PUT", f"{NETWORK}/publicIPAddresses/{name}", {**STANDARD, "tags": tags})
    azure.json("PUT", f"{NETWORK}/publicIPAddresses/c", STANDARD)
    asked = quote("tagName eq 'note' and tagValue eq 'this and that & it''s more'")
    first = azure.json("GET", f"{ROOT}/resources", query=f"&$filter={asked}&$top=1")
    path, _, query = first["nextLink"].removeprefix(f"https://{HOST}").partition("?")
    second = azure.json("GET", path, query=f"&{query}")
    assert [each["name"] for page in (first, second) for each in page["value"]] == ["a", "b"]
    assert "nextLink" not in second


def test_tags_of_a_patch_take_the_place_of_all_others(azure: Azure) -> None:
    for path in (GROUP, f"{NETWORK}/natGateways/g"):
        azure.json("PUT", path, {**PLACE, "tags": {"a": "1", "b": "2"}})
        azure.json("PATCH", path, {"tags": {"b": "3"}})
        assert azure.json("GET", path)["tags"] == {"b": "3"}
        azure.json("PATCH", path, {"tags": {}})
        assert azure.json("GET", path)["tags"] == {}


def test_lists_come_in_pages(azure: Azure) -> None:
    azure.group()
    for number in range(5):
        azure.json("PUT", f"{NETWORK}/publicIPAddresses/a{number}", STANDARD)
    first = azure.json("GET", f"{ROOT}/providers/Microsoft.Network/publicIPAddresses", query="&$top=3")
    assert len(first["value"]) == 3
    path, _, query = first["nextLink"].removeprefix(f"https://{HOST}").partition("?api-version=2025-01-01")
    assert [each["name"] for each in azure.json("GET", path, query=query)["value"]] == ["a3", "a4"]
    assert len(azure.json("GET", f"{GROUP}/resources")["value"]) == 5


def test_a_namespace_that_is_not_registered_is_refused_until_it_is(azure: Azure) -> None:
    azure.group()
    (azure.asked.folder / "conditions.json").write_text(json.dumps({"services_off": ["Microsoft.Network"]}))
    code, message = azure.refused("PUT", ADDRESS, STANDARD, 409)
    assert code == "MissingSubscriptionRegistration"
    assert "not registered to use namespace 'Microsoft.Network'" in message
    provider = f"{ROOT}/providers/Microsoft.Network"
    assert azure.json("GET", provider)["registrationState"] == "NotRegistered"
    assert azure.json("POST", f"{provider}/register")["registrationState"] == "Registered"
    azure.json("PUT", ADDRESS, STANDARD, 201)


def test_what_the_caller_may_not_do_is_refused_by_its_action(azure: Azure) -> None:
    azure.group()
    denied = ["Microsoft.Network/publicIPAddresses/write"]
    (azure.asked.folder / "conditions.json").write_text(json.dumps({"denied": denied}))
    code, message = azure.refused("PUT", ADDRESS, STANDARD, 403)
    assert (code, f"perform action '{denied[0]}'" in message) == ("AuthorizationFailed", True)


def test_a_role_is_assigned_once(azure: Azure) -> None:
    azure.group()
    identity = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
    principal = azure.json("PUT", identity, PLACE)["properties"]["principalId"]
    found = azure.json(
        "GET", f"{GROUP}/providers/Microsoft.Authorization/roleDefinitions", query="&$filter=roleName%20eq%20'Reader'"
    )
    (role,) = found["value"]
    body = {"properties": {"roleDefinitionId": role["id"], "principalId": principal}}
    base = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments"
    made = azure.json("PUT", f"{base}/00000000-0000-0000-0000-000000000001", body, 201)
    assert made["properties"]["principalType"] == "ServicePrincipal"
    other = azure.refused("PUT", f"{base}/00000000-0000-0000-0000-000000000002", body, 409)
    assert other[0] == "RoleAssignmentExists"


def test_terms_have_to_be_accepted_before_an_image_that_has_some(azure: Azure) -> None:
    azure.network()
    image = {"publisher": "almalinux", "offer": "almalinux-hpc", "sku": "9-hpc-gen2", "version": "latest"}
    plan = {"publisher": "almalinux", "product": "almalinux-hpc", "name": "9-hpc-gen2"}
    path = f"{COMPUTE}/virtualMachineScaleSets/ss"
    azure.scale_set(0)
    body = azure.json("GET", path)
    body["properties"]["virtualMachineProfile"]["storageProfile"]["imageReference"] = image
    assert azure.refused("PUT", path, body)[0] == "VMMarketplaceInvalidInput"
    assert azure.refused("PUT", path, {**body, "plan": plan})[0] == "ResourcePurchaseValidationFailed"
    terms = (
        f"{ROOT}/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine/publishers/almalinux"
        "/offers/almalinux-hpc/plans/9-hpc-gen2/agreements/current"
    )
    found = azure.json("GET", terms)
    assert found["properties"]["accepted"] is False
    found["properties"]["accepted"] = True
    azure.json("PUT", terms, found)
    azure.json("PUT", path, {**body, "plan": plan}, 200)
