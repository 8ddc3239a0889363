"""The azurerm provider as a whole: its configuration, its plans, and what an import takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.standin import table
from embedded_cloud.standin.azurerm import codecs, ids, registration
from embedded_cloud.standin.azurerm.account import features_of
from embedded_cloud.standin.azurerm.api import HOST, Api
from embedded_cloud.standin.azurerm.dialect import Azurerm, open_dialect
from embedded_cloud.standin.checks import problems
from embedded_cloud.standin.dialect import NotRead
from embedded_cloud.standin.facts import FACTS
from embedded_cloud.standin.planning import changes, plan
from embedded_cloud.standin.schema import Schemas
from tests.unit.embedded_cloud.standin.azurerm.kit import GROUP as OWN
from tests.unit.embedded_cloud.standin.azurerm.kit import NETWORK, SUBSCRIPTION, TOKEN, Answer, Arm, refused
from tests.unit.embedded_cloud.standin.kit import config, parts, tables

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUP = "azurerm_network_security_group"
LOGIN = "https://login.microsoftonline.com/t/oauth2/v2.0/token"


@pytest.fixture
def dialect(monkeypatch: pytest.MonkeyPatch) -> Azurerm:
    for name in ("SUBSCRIPTION_ID", "TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "USE_MSI", "USE_OIDC"):
        monkeypatch.delenv(f"ARM_{name}", raising=False)
    _, made = open_dialect(table.read("azurerm"), Schemas(json.loads((FACTS / "azurerm.json").read_text())))
    return made


def told(dialect: Azurerm, **given: Any) -> list[str]:
    return [each.summary for each in dialect.configure(given)]


def test_a_subscription_is_wanted_before_anything_is_asked(dialect: Azurerm) -> None:
    text = "`subscription_id` is a required provider property when performing a plan/apply operation"
    assert told(dialect, use_cli=False) == [text]


def test_a_data_source_is_one_get_by_its_id_with_the_token(dialect: Azurerm, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    answers: dict[str, dict[str, Any]] = {
        LOGIN: {"access_token": TOKEN},
        f"{HOST}{OWN}": {"id": OWN, "name": "rg", "location": "westeurope", "tags": {"a": "b"}},
    }

    def exchange(
        self: Api, verb: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        asked.append((url.partition("?")[0], headers.get("Authorization")))
        found = answers.get(asked[-1][0])
        return (200, json.dumps(found).encode(), {}) if found else (404, b"", {})

    monkeypatch.setattr(Api, "exchange", exchange)
    given = {"tenant_id": "t", "client_id": "c", "client_secret": "s", "subscription_id": SUBSCRIPTION}
    assert told(dialect, **given, resource_provider_registrations="none") == []
    state = dialect.data("azurerm_resource_group", {"name": "rg", "timeouts": None})
    assert (state["id"], state["location"], state["tags"]) == (OWN, "westeurope", {"a": "b"})
    assert asked == [(LOGIN, None), (f"{HOST}{OWN}", f"Bearer {TOKEN}")]
    with pytest.raises(NotRead, match=r'(?s)Resource Group \(Subscription: .*Name: "other"\) was not found'):
        dialect.data("azurerm_resource_group", {"name": "other", "timeouts": None})


def test_a_stop_holds_also_for_what_is_configured_after_it(dialect: Azurerm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Api, "exchange", lambda *_: (200, json.dumps({"access_token": TOKEN}).encode(), {}))
    given = {"tenant_id": "t", "client_id": "c", "client_secret": "s", "subscription_id": SUBSCRIPTION}
    assert told(dialect, **given, resource_provider_registrations="none") == []
    early = dialect.lifecycle(GROUP).api
    dialect.stop()
    assert told(dialect, **given, resource_provider_registrations="none") == []
    late = dialect.lifecycle(GROUP).api
    assert late is not early
    assert (early.stopped.is_set(), late.stopped.is_set()) == (True, True)


def test_refused_credentials_are_the_providers_error(dialect: Azurerm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Api, "exchange", lambda *_: (401, b"no", {}))
    given = {"tenant_id": "t", "client_id": "c", "client_secret": "s", "subscription_id": SUBSCRIPTION}
    (text,) = told(dialect, **given)
    assert text.startswith("building account: could not acquire access token to parse claims: clientCredentialsToken:")


def test_what_is_not_registered_is_registered_and_the_rest_left_alone() -> None:
    states = [{"namespace": name, "registrationState": "Registered"} for name in registration.CORE[1:]]

    def special(verb: str, path: str, sent: Any) -> Answer | None:
        return (200, {"value": states}, {}) if verb == "GET" else (200, {"ok": True}, {})

    arm = Arm(special)
    registration.register(arm, SUBSCRIPTION, registration.CORE)
    root = f"/subscriptions/{SUBSCRIPTION}/providers"
    assert arm.changes() == [("POST", f"{root}/{registration.CORE[0]}/register")]
    denied = Arm(lambda verb, *_: (200, {"value": states}, {}) if verb == "GET" else refused(403, "A", "no"))
    with pytest.raises(registration.NotRegistered, match="does not have the necessary permissions to register"):
        registration.register(denied, SUBSCRIPTION, registration.CORE)


def test_features_have_the_providers_defaults() -> None:
    given = features_of([{"virtual_machine_scale_set": [{"reimage_on_manual_upgrade": False}], "resource_group": []}])
    assert (given.reimages, given.rolls_instances, given.scales_to_zero) == (False, True, True)
    assert (given.persists_id, given.keeps_groups_with_resources) == (False, True)


def test_a_scale_set_that_leaves_a_zone_is_made_anew_and_one_that_takes_more_is_not(dialect: Azurerm) -> None:
    name = "azurerm_linux_virtual_machine_scale_set"
    assert dialect.replaces(name, {"zones": ["1"]}, {"zones": ["1", "2"]}) == []
    assert dialect.replaces(name, {"zones": ["1"]}, {"zones": ["2"]}) == [("zones",)]
    assert dialect.replaces("azurerm_public_ip", {"zones": ["1"]}, {"zones": ["2"]}) == []


@pytest.mark.parametrize(
    ("name", "identifier", "taken"),
    [
        ("azurerm_nat_gateway", f"{NETWORK}/natGateways/g", {"resource_group_name": "rg", "name": "g"}),
        (
            "azurerm_subnet",
            f"{NETWORK}/virtualNetworks/v/subnets/s",
            {"resource_group_name": "rg", "virtual_network_name": "v", "name": "s"},
        ),
        (
            "azurerm_lb_nat_rule",
            f"{NETWORK}/loadBalancers/lb/inboundNatRules/ssh",
            {"loadbalancer_id": f"{NETWORK}/loadBalancers/lb", "name": "ssh"},
        ),
        (
            "azurerm_nat_gateway_public_ip_association",
            f"{NETWORK}/natGateways/g|{NETWORK}/publicIPAddresses/a",
            {"nat_gateway_id": f"{NETWORK}/natGateways/g", "public_ip_address_id": f"{NETWORK}/publicIPAddresses/a"},
        ),
    ],
)
def test_an_import_takes_its_ids_parts(dialect: Azurerm, name: str, identifier: str, taken: dict[str, str]) -> None:
    found = dialect.imported(name, identifier)
    assert found["id"] == identifier
    assert {key: found[key] for key in taken} == taken


def test_another_kinds_id_is_not_imported(dialect: Azurerm) -> None:
    with pytest.raises(ValueError, match="does not have the form"):
        dialect.imported("azurerm_nat_gateway", f"{NETWORK}/publicIPAddresses/a")


def test_a_region_is_the_same_in_each_of_its_spellings() -> None:
    row, rules, block = parts("azurerm_public_ip")
    given = config("azurerm_public_ip", name="n", location="West Europe", allocation_method="Static")
    first = plan(row, rules, block, given, None)
    assert first["location"] == "westeurope"
    assert changes(rules, {**first, "location": "westeurope"}, plan(row, rules, block, given, first)) == []


def test_rules_in_a_groups_own_block_are_the_same_in_any_order_and_unset_is_empty() -> None:
    row, rules, block = parts(GROUP)
    one = {"name": "a", "priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp"}
    two = {**one, "name": "b", "priority": 110, "source_port_ranges": ["1", "2"]}
    given = config(GROUP, name="n", location="x", security_rule=[one, two])
    state = {**plan(row, rules, block, given, None), "id": "i"}
    held = [
        {**each, "description": "", "source_port_ranges": each["source_port_ranges"] or []}
        for each in reversed(state["security_rule"])
    ]
    told = {**state, "security_rule": held}
    assert plan(row, rules, block, given, told)["security_rule"] == held
    without = config(GROUP, name="n", location="x")
    assert plan(row, rules, block, without, told)["security_rule"] == held


def test_what_the_stand_in_can_not_carry_is_refused_by_name() -> None:
    name = "azurerm_orchestrated_virtual_machine_scale_set"
    row, rules, block = parts(name)
    windows = [{"admin_username": "a", "admin_password": "b"}]
    found = problems(row, rules, block, config(name, name="n", os_profile=[{"windows_configuration": windows}]))
    assert '"os_profile.windows_configuration" is not in the stand-in' in [each.summary for each in found]


def test_ids_are_told_in_the_providers_words() -> None:
    told = ids.described("Security Rule", f"{NETWORK}/networkSecurityGroups/n/securityRules/r")
    assert told == (
        f'Security Rule (Subscription: "{SUBSCRIPTION}"\nResource Group Name: "rg"\n'
        'Network Security Group Name: "n"\nSecurity Rule Name: "r")'
    )
    told = ids.described("Public I P Address", f"{NETWORK}/publicIPAddresses/a")
    assert told.endswith('Public I P Addresses Name: "a")')


def test_values_are_written_and_read_alike() -> None:
    for codec, value in (
        ("ids", ["/a", "/b"]),
        ("keys", ["/a"]),
        ("first", "Default"),
        ("enabled", True),
        ("enabled", False),
        ("ssh path", "azureuser"),
        ("part frontendIPConfigurations", "public"),
    ):
        sent = codecs.to_api(codec, value, {"loadbalancer_id": "/lb"})
        assert codecs.from_api(codec, sent, {}) == value, codec
    assert codecs.to_api("positive", -1, {}) is None
    assert codecs.same("ssh key", "ssh-rsa AAAA me", "ssh-rsa AAAA me\n")


def test_another_name_is_another_resource_whatever_the_type() -> None:
    for name in tables("azurerm").names():
        _, rules, block = parts(name)
        if "name" in block.attributes and name != "azurerm_role_definition":  # whose name is no part of its id
            assert rules.forces_new("name"), name
