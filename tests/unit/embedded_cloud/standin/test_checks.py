"""What the provider refuses, in its words."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_cloud.standin.checks import problems
from embedded_cloud.standin.wire import UNKNOWN
from tests.unit.embedded_cloud.standin.kit import config, parts

FIREWALL, TEMPLATE = "google_compute_firewall", "google_compute_instance_template"
OPEN = {"allow": [{"protocol": "tcp"}]}


def said(name: str, /, **given: Any) -> list[str]:
    row, rules, block = parts(name)
    return [f"{each.summary} {each.detail}".strip() for each in problems(row, rules, block, config(name, **given))]


def test_a_good_configuration_is_accepted() -> None:
    assert said(FIREWALL, name="fw", network="n", direction="INGRESS", source_ranges=["10.0.0.0/8"], **OPEN) == []


@pytest.mark.parametrize(
    ("name", "given", "text"),
    [
        (FIREWALL, {"name": "Fw_1", **OPEN}, '"name" ("Fw_1") doesn\'t match regexp'),
        (FIREWALL, {"direction": "in", **OPEN}, 'expected direction to be one of ["INGRESS" "EGRESS" ""], got in'),
        (FIREWALL, {"priority": 70000, **OPEN}, "expected priority to be in the range (0 - 65535), got 70000"),
        (FIREWALL, {}, "one of `allow,deny` must be specified"),
        (FIREWALL, {**OPEN, "deny": [{"protocol": "udp"}]}, "only one of `allow,deny` can be specified"),
        (FIREWALL, {"source_tags": ["a"], "target_service_accounts": ["b"], **OPEN}, "conflicts with source_tags"),
        (FIREWALL, {"self_link": "x", **OPEN}, 'Can\'t configure a value for "self_link"'),
        (TEMPLATE, {"name": "a", "name_prefix": "b"}, '"name": conflicts with name_prefix'),
        (TEMPLATE, {"network_interface": [{"nic_type": "fast"}]}, "expected network_interface.0.nic_type to be one of"),
        ("google_service_account", {"account_id": "short"}, "must be between 6 and 30 characters long"),
        ("google_compute_router_nat", {"type": "BOTH"}, "expected type to be one of"),
    ],
)
def test_a_bad_one_is_refused(name: str, given: dict[str, Any], text: str) -> None:
    assert any(text in each for each in said(name, **given))


def test_what_is_not_known_yet_is_given_the_benefit_of_the_doubt() -> None:
    assert said(TEMPLATE, name=UNKNOWN, name_prefix="b") == []
    assert said(FIREWALL, name=UNKNOWN, allow=UNKNOWN) == []


def test_what_the_stand_in_cannot_carry_is_refused_not_dropped() -> None:
    (text,) = said("google_compute_instance_group_manager", stateful_disk=[{"device_name": "d"}])
    assert text.startswith('"stateful_disk" is not in the stand-in')
