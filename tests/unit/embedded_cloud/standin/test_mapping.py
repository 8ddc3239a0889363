"""Terraform's values become the API's objects, and the API's answers become state."""

from __future__ import annotations

from typing import Any

from embedded_cloud.standin.google.instance_group import InstanceGroup
from embedded_cloud.standin.google.instance_template import InstanceTemplate
from embedded_cloud.standin.mapping import body_of, state_of, typed
from embedded_cloud.standin.planning import plan
from tests.unit.embedded_cloud.standin.kit import PLACE, URL, config, parts

TEMPLATE = "google_compute_instance_template"
GROUP = "google_compute_instance_group_manager"


def template(**given: Any) -> dict[str, Any]:
    return config(
        TEMPLATE,
        **{
            "name": "t-1",
            "machine_type": "a2-highgpu-2g",
            "disk": [{"source_image": "projects/i/global/images/family/f", "disk_size_gb": 200, "disk_type": "pd-ssd"}],
            "network_interface": [{"network": "default", "access_config": [{}]}],
            **given,
        },
    )


def planned(name: str, given: dict[str, Any]) -> dict[str, Any]:
    row, rules, block = parts(name)
    return plan(row, rules, block, given, None)


def template_body(**given: Any) -> dict[str, Any]:
    row, _, block = parts(TEMPLATE)
    lifecycle = InstanceTemplate(row, block, None, PLACE)  # type: ignore[arg-type]
    return lifecycle.body(PLACE.names(planned(TEMPLATE, template(**given))))


def test_a_firewall_is_sent_under_the_api_s_names() -> None:
    row, _, block = parts("google_compute_firewall")
    given = config(
        "google_compute_firewall",
        name="fw",
        network="net",
        source_ranges=["35.235.240.0/20"],
        allow=[{"protocol": "tcp", "ports": ["22", "8080"]}],
        priority=1000,
        disabled=False,
    )
    assert body_of(row, block, given, PLACE.names(given)) == {
        "name": "fw",
        "network": "projects/p-1/global/networks/net",
        "sourceRanges": ["35.235.240.0/20"],
        "allowed": [{"IPProtocol": "tcp", "ports": ["22", "8080"]}],
        "priority": 1000,
        "disabled": False,
        "logConfig": {"enable": False},
    }


def test_a_firewall_s_answer_is_read_back() -> None:
    row, _, block = parts("google_compute_firewall")
    answer = {
        "name": "fw",
        "network": f"{URL}/global/networks/net",
        "direction": "INGRESS",
        "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}, {"IPProtocol": "icmp"}],
        "logConfig": {"enable": False},
        "selfLink": f"{URL}/global/firewalls/fw",
    }
    state = state_of(row, block, answer, {"deletion_policy": "DELETE"}, {"project": "p-1"})
    assert state["allow"] == [{"protocol": "tcp", "ports": ["22"]}, {"protocol": "icmp", "ports": []}]
    assert state["log_config"] == []
    assert (state["network"], state["self_link"]) == (answer["network"], answer["selfLink"])
    assert state["deletion_policy"] == "DELETE"


def test_a_log_that_is_on_is_a_block_with_the_switch_left_out() -> None:
    row, _, block = parts("google_compute_subnetwork")
    given = config("google_compute_subnetwork", name="s", log_config=[{"metadata": "INCLUDE_ALL_METADATA"}])
    sent = body_of(row, block, given, PLACE.names(given))
    assert sent["logConfig"] == {"enable": True, "metadata": "INCLUDE_ALL_METADATA"}
    assert state_of(row, block, sent, {}, {})["log_config"][0]["metadata"] == "INCLUDE_ALL_METADATA"


def test_a_region_is_a_url_for_the_api_and_a_name_for_terraform() -> None:
    row, _, block = parts("google_compute_router")
    given = config("google_compute_router", name="r", region="us-central1")
    assert body_of(row, block, given, PLACE.names(given))["region"] == "projects/p-1/global/regions/us-central1"
    assert state_of(row, block, {"region": f"{URL}/regions/us-central1"}, {}, {})["region"] == "us-central1"


def test_a_template_s_properties_lie_inside_and_its_own_description_outside() -> None:
    body = template_body(description="of the template", instance_description="of the machine")
    assert (body["name"], body["description"]) == ("t-1", "of the template")
    assert body["properties"]["description"] == "of the machine"
    assert body["properties"]["machineType"] == "a2-highgpu-2g"


def test_a_template_s_disk_is_the_boot_disk_with_its_size_as_text_in_both_places() -> None:
    assert template_body()["properties"]["disks"] == [
        {
            "boot": True,
            "autoDelete": True,
            "diskSizeGb": "200",
            "initializeParams": {
                "sourceImage": "projects/i/global/images/family/f",
                "diskSizeGb": "200",
                "diskType": "pd-ssd",
            },
        }
    ]


def test_an_empty_access_config_asks_for_an_external_address() -> None:
    (interface,) = template_body()["properties"]["networkInterfaces"]
    assert interface == {
        "network": "projects/p-1/global/networks/default",
        "accessConfigs": [{"type": "ONE_TO_ONE_NAT"}],
    }


def test_metadata_is_a_list_of_items_for_the_api_and_a_map_for_terraform() -> None:
    row, _, block = parts(TEMPLATE)
    metadata = template_body(metadata={"b": "2", "a": "1"})["properties"]["metadata"]
    assert metadata == {"items": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}
    answer = {"properties": {"metadata": {**metadata, "fingerprint": "f"}}}
    state = state_of(row, block, answer, {}, {"project": "p-1"})
    assert (state["metadata"], state["metadata_fingerprint"]) == ({"a": "1", "b": "2"}, "f")


def test_scopes_are_sent_as_urls() -> None:
    (account,) = template_body(service_account=[{"scopes": ["cloud-platform"]}])["properties"]["serviceAccounts"]
    assert account == {"email": "default", "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}


def test_a_machine_without_scheduling_migrates() -> None:
    assert template_body()["properties"]["scheduling"] == {"onHostMaintenance": "MIGRATE"}


def test_a_template_s_answer_gives_links_numbers_and_the_labels_that_are_ours() -> None:
    row, _, block = parts(TEMPLATE)
    lifecycle = InstanceTemplate(row, block, None, PLACE)  # type: ignore[arg-type]
    link = f"{URL}/global/instanceTemplates/t-1"
    interface = {"subnetwork": f"{URL}/regions/europe-west4/subnetworks/s"}
    answer = {
        "id": "77",
        "name": "t-1",
        "selfLink": link,
        "properties": {"labels": {"ours": "a", "theirs": "b"}, "networkInterfaces": [interface]},
    }
    state = lifecycle.state(answer, {"labels": {"ours": "old"}, "terraform_labels": {"ours": "old"}}, PLACE.names({}))
    assert state["id"] == "projects/p-1/global/instanceTemplates/t-1"
    assert (state["self_link"], state["self_link_unique"]) == (link, f"{link}?uniqueId=77")
    assert (state["numeric_id"], state["region"]) == ("77", "europe-west4")
    assert state["labels"] == state["terraform_labels"] == {"ours": "a"}
    assert state["effective_labels"] == {"ours": "a", "theirs": "b"}


def group_body(**given: Any) -> dict[str, Any]:
    row, _, block = parts(GROUP)
    values = config(GROUP, name="g", base_instance_name="v", target_size=2, **given)
    lifecycle = InstanceGroup(row, block, None, PLACE)  # type: ignore[arg-type]
    return lifecycle.body(PLACE.names(planned(GROUP, values)))


def test_a_group_names_its_template_by_number_where_that_is_known() -> None:
    link = f"{URL}/global/instanceTemplates"
    body = group_body(version=[{"instance_template": f"{link}/t-1?uniqueId=77"}])
    assert body["versions"] == [{"instanceTemplate": f"{link}/77"}]
    assert (body["baseInstanceName"], body["targetSize"], "zone" in body) == ("v", 2, False)


def test_an_update_policy_s_limits_are_numbers_or_percentages_never_both() -> None:
    policy = {"type": "PROACTIVE", "minimal_action": "REPLACE", "max_surge_percent": 50, "max_unavailable_fixed": 0}
    sent = group_body(update_policy=[policy])["updatePolicy"]
    assert sent["maxSurge"] == {"percent": 50, "fixed": None}
    assert sent["maxUnavailable"] == {"fixed": 0, "percent": None}


def test_a_group_s_status_is_read_as_lists_of_one() -> None:
    row, _, block = parts(GROUP)
    lifecycle = InstanceGroup(row, block, None, PLACE)  # type: ignore[arg-type]
    answer = {
        "name": "g",
        "id": "5",
        "zone": f"{URL}/zones/us-central1-a",
        "versions": [{"instanceTemplate": "t", "targetSize": {"calculated": 2}}],
        "status": {"isStable": True, "versionTarget": {"isReached": False}},
        "targetSize": 2,
    }
    state = lifecycle.state(answer, {"zone": "us-central1-a"}, PLACE.names({"zone": "us-central1-a"}))
    assert state["id"] == "projects/p-1/zones/us-central1-a/instanceGroupManagers/g"
    assert (state["status"][0]["is_stable"], state["status"][0]["version_target"][0]["is_reached"]) == (True, False)
    assert (state["instance_group_manager_id"], state["target_size"]) == (5, 2)
    assert state["version"][0]["target_size"] == []


def test_numbers_that_come_as_text_are_numbers_and_the_reverse() -> None:
    assert typed("200", "number") == 200
    assert typed(77, "string") == "77"
    assert typed(None, ["list", "string"]) is None
