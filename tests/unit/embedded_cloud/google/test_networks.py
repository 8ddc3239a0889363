"""Networks with a profile in the embedded cloud: what they have, and what they refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.embedded_cloud.asked_cloud import GLOBAL, PROJECT, Asked

REGION = f"/compute/v1/projects/{PROJECT}/regions"
PROFILE = "us-central1-a-vpc-roce"
RDMA = f"projects/{PROJECT}/global/networks/rdma"


def rdma(asked: Asked, profile: str = PROFILE, status: int = 200, **more: Any) -> Any:
    body = {"name": "rdma", "autoCreateSubnetworks": False, "networkProfile": f"global/networkProfiles/{profile}"}
    return asked.compute("POST", f"{GLOBAL}/networks", {**body, **more}, status)


def test_each_zone_has_a_profile_that_says_what_its_networks_do_not_take(asked: Asked) -> None:
    found = asked.compute("GET", f"{GLOBAL}/networkProfiles/{PROFILE}")
    assert found["location"] == {"name": "us-central1-a", "scope": "ZONE"}
    assert found["profileType"] == {"networkType": "RDMA", "rdmaSubtype": "ROCE"}
    assert found["features"]["allowVpcFirewallRules"] == "VPC_FIREWALL_RULES_BLOCKED"
    assert found["features"]["allowMultiNicInSameNetwork"] == "MULTI_NIC_IN_SAME_NETWORK_ALLOWED"
    listed = asked.compute("GET", f"{GLOBAL}/networkProfiles")["items"]
    assert PROFILE in [each["name"] for each in listed]


def test_a_profile_that_the_conditions_take_away_is_not_there(asked: Asked) -> None:
    (asked.folder / "conditions.json").write_text(json.dumps({"network_profiles": {PROFILE: {"zones": []}}}))
    asked.compute("GET", f"{GLOBAL}/networkProfiles/{PROFILE}", status=404)
    asked.compute("GET", f"{GLOBAL}/networkProfiles/us-central1-b-vpc-roce")
    rdma(asked, status=404)


def test_a_network_with_a_profile_has_long_packets_of_itself(asked: Asked) -> None:
    rdma(asked)
    assert asked.compute("GET", f"{GLOBAL}/networks/rdma")["mtu"] == 8896


@pytest.mark.parametrize("profile", ["us-central1-a-vpc-falcon", "nowhere"])
def test_a_network_of_an_unknown_profile_is_not_made(asked: Asked, profile: str) -> None:
    rdma(asked, profile, status=404)


def test_a_network_with_a_profile_takes_no_automatic_subnets(asked: Asked) -> None:
    rdma(asked, status=400, autoCreateSubnetworks=True)


def test_subnets_must_be_in_the_profiles_region(asked: Asked) -> None:
    rdma(asked)
    subnet = {"name": "s", "network": RDMA, "ipCidrRange": "10.64.0.0/20"}
    refused = asked.compute("POST", f"{REGION}/us-east4/subnetworks", subnet, 400)
    assert refused["error"]["message"].startswith("Network profile only allows resource creation in location")
    asked.compute("POST", f"{REGION}/us-central1/subnetworks", subnet)


@pytest.mark.parametrize(
    ("where", "body"),
    [
        (f"{GLOBAL}/firewalls", {"allowed": [{"IPProtocol": "tcp"}]}),
        (f"{REGION}/us-central1/routers", {}),
        (f"{REGION}/us-central1/subnetworks", {"ipCidrRange": "10.0.0.0/20", "privateIpGoogleAccess": True}),
    ],
    ids=["firewall rule", "router", "private access"],
)
def test_what_the_profile_blocks_is_refused(asked: Asked, where: str, body: dict[str, Any]) -> None:
    rdma(asked)
    asked.compute("POST", where, {"name": "x", "network": RDMA, **body}, 400)
    asked.compute("POST", where, {"name": "x", "network": f"projects/{PROJECT}/global/networks/default", **body})
