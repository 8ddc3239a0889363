"""Which NATs and firewall rules of the network "default" serve a cluster's machines."""

from __future__ import annotations

from typing import Any, cast

import pytest

from cluster_provision.clouds.gcp.default_network import GcpDefaultNetwork
from tests.unit.clouds.answers import Answers

DEFAULT = "https://www.googleapis.com/compute/v1/projects/p/global/networks/default"
OTHER = "https://www.googleapis.com/compute/v1/projects/p/global/networks/other"
ALL = {"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}
SUBNET = "https://www.googleapis.com/compute/v1/projects/p/regions/us-central1/subnetworks/default"


def asked(items: list[dict[str, Any]]) -> GcpDefaultNetwork:
    return GcpDefaultNetwork(cast("Any", Answers({"items": items})), "p")


def of_subnet(name: str, ranges: str) -> dict[str, Any]:
    listed = [{"name": name, "sourceIpRangesToNat": [ranges]}]
    return {"sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS", "subnetworks": listed}


@pytest.mark.parametrize(
    ("router", "found"),
    [
        ({"nats": [ALL]}, "r"),
        ({"nats": [{"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES"}]}, "r"),
        ({"nats": [of_subnet(SUBNET, "ALL_IP_RANGES")]}, "r"),
        ({"nats": [of_subnet(SUBNET, "PRIMARY_IP_RANGE")]}, "r"),
        ({"nats": [of_subnet(SUBNET, "LIST_OF_SECONDARY_IP_RANGES")]}, ""),
        ({"nats": [of_subnet(SUBNET.replace("default", "other"), "ALL_IP_RANGES")]}, ""),
        ({"nats": [{**ALL, "type": "PRIVATE"}]}, ""),
        ({"nats": []}, ""),
        ({}, ""),
        ({"nats": [ALL], "network": OTHER}, ""),
        ({"nats": [ALL], "name": "own"}, ""),
    ],
)
def test_a_nat_counts_where_it_serves_the_machines_main_address(router: dict[str, Any], found: str) -> None:
    assert asked([{"name": "r", "network": DEFAULT, **router}]).nat("us-central1", own="own") == found


def rule(**more: Any) -> dict[str, Any]:
    ssh = [{"IPProtocol": "tcp", "ports": ["22"]}]
    start = {"name": "f", "network": DEFAULT, "direction": "INGRESS", "sourceRanges": ["0.0.0.0/0"], "allowed": ssh}
    return {**start, **more}


@pytest.mark.parametrize(
    "opening",
    [
        {},
        {"sourceRanges": ["10.0.0.0/8", "35.235.240.0/20"]},
        {"sourceRanges": ["::/0", "35.235.0.0/16"]},
        {"allowed": [{"IPProtocol": "icmp"}, {"IPProtocol": "tcp", "ports": ["80", "20-30"]}]},
        {"allowed": [{"IPProtocol": "tcp"}]},
        {"allowed": [{"IPProtocol": "all"}]},
    ],
)
def test_a_rule_that_lets_the_tunnel_in_for_every_machine_is_enough(opening: dict[str, Any]) -> None:
    assert asked([rule(**opening)]).lets_iap_in(own="own")


@pytest.mark.parametrize(
    "other",
    [
        {"sourceRanges": ["10.128.0.0/9", "::/0"]},
        {"sourceRanges": ["35.235.240.0/24"]},
        {"allowed": [{"IPProtocol": "tcp", "ports": ["8080", "23-30"]}]},
        {"allowed": [{"IPProtocol": "udp", "ports": ["22"]}]},
        {"allowed": None, "denied": [{"IPProtocol": "tcp", "ports": ["22"]}]},
        {"disabled": True},
        {"direction": "EGRESS"},
        {"targetTags": ["bastion"]},
        {"targetServiceAccounts": ["a@p.iam.gserviceaccount.com"]},
        {"network": OTHER},
        {"name": "own"},
    ],
)
def test_a_rule_for_others_or_for_something_else_does_not_count(other: dict[str, Any]) -> None:
    given = {key: value for key, value in rule(**other).items() if value is not None}
    assert not asked([given]).lets_iap_in(own="own")


def subnet(name: str, **more: Any) -> dict[str, Any]:
    link = SUBNET.replace("/default", f"/{name}")
    return {"name": name, "network": DEFAULT, "selfLink": link, "creationTimestamp": "2026-01-02", **more}


@pytest.mark.parametrize(
    ("listed", "taken"),
    [
        ([subnet("b"), subnet("a", creationTimestamp="2026-01-03")], "b"),  # one that came later changes nothing
        ([subnet("a"), subnet("default", creationTimestamp="2026-01-03")], "default"),
        ([subnet("a", network=OTHER), subnet("b", purpose="PRIVATE")], "b"),
        ([subnet("a", purpose="REGIONAL_MANAGED_PROXY"), subnet("b")], "b"),
    ],
)
def test_machines_name_their_subnet_in_a_network_of_custom_mode(listed: list[dict[str, Any]], taken: str) -> None:
    answer = {"autoCreateSubnetworks": False, "items": listed}
    found = GcpDefaultNetwork(cast("Any", Answers(answer)), "p").subnetwork("us-central1")
    assert found.rpartition("/")[2] == taken


@pytest.mark.parametrize("network", [{"autoCreateSubnetworks": True}, {"IPv4Range": "10.240.0.0/16"}])
def test_they_name_none_where_the_network_finds_it_by_itself(network: dict[str, Any]) -> None:
    asked = GcpDefaultNetwork(cast("Any", Answers({**network, "items": [subnet("default")]})), "p")
    assert asked.subnetwork("us-central1") == ""


def test_a_nat_counts_for_the_subnet_that_the_machines_are_in() -> None:
    nat = of_subnet(SUBNET.replace("/default", "/mine"), "ALL_IP_RANGES")
    router = {"name": "r", "network": DEFAULT, "nats": [nat]}
    assert asked([router]).nat("us-central1", own="own", subnetwork="mine") == "r"
    assert asked([router]).nat("us-central1", own="own") == ""
