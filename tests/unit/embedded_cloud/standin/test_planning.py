"""What is planned: defaults, what stays, what is known after apply, and what makes a new resource."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_cloud.standin.google import labels
from embedded_cloud.standin.google.lifecycle import Place
from embedded_cloud.standin.planning import changes, plan
from embedded_cloud.standin.wire import UNKNOWN
from tests.unit.embedded_cloud.standin.kit import PLACE, URL, config, parts

FIREWALL, GROUP = "google_compute_firewall", "google_compute_instance_group_manager"
TEMPLATE, MEMBER = "google_compute_instance_template", "google_storage_bucket_iam_member"


def planned(name: str, prior: dict[str, Any] | None = None, /, **given: Any) -> dict[str, Any]:
    row, rules, block = parts(name)
    return plan(row, rules, block, config(name, **given), prior)


def replaced(name: str, prior: dict[str, Any], /, **given: Any) -> list[str]:
    _, rules, _ = parts(name)
    found = changes(rules, prior, planned(name, prior, **given))
    return [".".join(str(step) for step in path) for path in found]


def test_a_new_resource_has_its_defaults_and_waits_for_the_rest() -> None:
    network = planned("google_compute_network", name="n")
    assert network["auto_create_subnetworks"] is True
    assert network["network_firewall_policy_enforcement_order"] == "AFTER_CLASSIC_FIREWALL"
    assert network["id"] == network["self_link"] == network["mtu"] == UNKNOWN
    assert network["description"] is None


def test_what_the_api_filled_in_stays_where_the_configuration_does_not_say() -> None:
    network = planned(
        "google_compute_network", {"mtu": 1460, "routing_mode": "REGIONAL"}, name="n", routing_mode="GLOBAL"
    )
    assert (network["mtu"], network["routing_mode"]) == (1460, "GLOBAL")


@pytest.mark.parametrize("empty", ["", 0, False, []])
def test_empty_and_absent_are_the_same(empty: object) -> None:
    assert planned(FIREWALL, {"source_tags": empty}, name="f")["source_tags"] == empty


@pytest.mark.parametrize("spelling", ["net", "projects/p-1/global/networks/net", f"{URL}/global/networks/net"])
def test_another_spelling_of_a_link_is_no_change(spelling: str) -> None:
    state = f"{URL}/global/networks/net"
    assert planned(FIREWALL, {"network": state}, name="f", network=spelling)["network"] == state


def test_a_disk_grows_in_place_and_is_replaced_where_it_is_to_be_smaller() -> None:
    prior = config("google_compute_disk", name="d", type="pd-standard", size=100)
    assert replaced("google_compute_disk", prior, name="d", size=200) == []
    assert replaced("google_compute_disk", prior, name="d", size=50) == ["size"]


def test_another_project_s_network_is_a_change() -> None:
    given = "projects/other/global/networks/net"
    assert planned(FIREWALL, {"network": f"{URL}/global/networks/net"}, name="f", network=given)["network"] == given


def test_a_set_in_another_order_is_no_change() -> None:
    state = [{"protocol": "udp", "ports": []}, {"protocol": "tcp", "ports": ["22"]}]
    given = [{"protocol": "tcp", "ports": ["22"]}, {"protocol": "udp"}]
    assert planned(FIREWALL, {"allow": state}, name="f", allow=given)["allow"] == state


def test_an_element_that_changed_is_planned_anew() -> None:
    state = [{"protocol": "udp", "ports": []}, {"protocol": "tcp", "ports": ["22"]}]
    given = [{"protocol": "tcp", "ports": ["22", "80"]}, {"protocol": "udp"}]
    allow = planned(FIREWALL, {"allow": state}, name="f", allow=given)["allow"]
    assert {"protocol": "tcp", "ports": ["22", "80"]} in allow
    assert {"protocol": "udp", "ports": []} in allow


def test_a_block_that_the_api_fills_in_is_known_after_apply_and_then_stays() -> None:
    assert planned(GROUP, name="g")["standby_policy"] == UNKNOWN
    policy = [{"initial_delay_sec": 0, "mode": "MANUAL"}]
    assert planned(GROUP, {"standby_policy": policy}, name="g")["standby_policy"] == policy


def test_a_template_by_another_number_is_another_template() -> None:
    old = f"{URL}/global/instanceTemplates/t?uniqueId=1"
    new = f"{URL}/global/instanceTemplates/t?uniqueId=2"
    version = planned(GROUP, {"version": [{"instance_template": old}]}, version=[{"instance_template": new}])["version"]
    assert version[0]["instance_template"] == new


def test_a_bucket_is_the_same_with_and_without_its_prefix() -> None:
    assert (
        replaced(MEMBER, planned(MEMBER, bucket="b/one", role="r", member="m"), bucket="one", role="r", member="m")
        == []
    )


def test_most_of_a_template_forces_a_new_one() -> None:
    prior = planned(TEMPLATE, machine_type="a", metadata={"k": "1"}, labels={"l": "1"}, disk=[{"disk_type": "x"}])
    assert replaced(
        TEMPLATE, prior, machine_type="b", metadata={"k": "2"}, labels={"l": "2"}, disk=[{"disk_type": "y"}]
    ) == ["machine_type", "metadata", "disk.0.disk_type"]


def test_a_group_s_size_changes_in_place_and_its_name_does_not() -> None:
    prior = planned(GROUP, name="g", target_size=2)
    assert replaced(GROUP, prior, name="g", target_size=3) == []
    assert replaced(GROUP, prior, name="h", target_size=2) == ["name"]


def test_a_group_takes_a_policy_in_place_and_gives_none_back() -> None:
    policy = [{"workload_policy": f"{URL}/projects/p/regions/us-central1/resourcePolicies/near"}]
    assert replaced(GROUP, {"name": "g", "resource_policies": []}, name="g", resource_policies=policy) == []
    assert replaced(GROUP, {"name": "g", "resource_policies": policy}, name="g") == ["resource_policies"]


def test_every_source_is_the_api_s_own_default() -> None:
    assert planned(FIREWALL, {"source_ranges": ["0.0.0.0/0"]}, name="f")["source_ranges"] == ["0.0.0.0/0"]


def test_labels_are_the_resource_s_the_provider_s_and_terraform_s_own() -> None:
    place = Place(project="p-1", labels=(("all", "x"),))
    new = labels.plan({"labels": {"own": "y"}, "terraform_labels": None}, None, place)
    assert new["effective_labels"] == {"all": "x", "goog-terraform-provisioned": "true", "own": "y"}


def test_labels_that_somebody_else_set_stay() -> None:
    prior = {"terraform_labels": {"a": "1", "b": "1"}, "effective_labels": {"a": "1", "b": "1", "theirs": "2"}}
    new = labels.plan({"labels": {"a": "3"}, "terraform_labels": None}, prior, PLACE)
    assert new["terraform_labels"] == {"a": "3"}
    assert new["effective_labels"] == {"a": "3", "theirs": "2"}


def test_labels_that_are_not_known_yet_leave_all_of_them_unknown() -> None:
    new = labels.plan({"labels": {"a": UNKNOWN}, "terraform_labels": None}, None, PLACE)
    assert new == {"terraform_labels": UNKNOWN, "effective_labels": UNKNOWN}
