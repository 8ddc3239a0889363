"""The default network and machines without external addresses: what is there is used, what isn't is made, and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

ROUTERS = "regions/us-central1/routers"
DEFAULT = "projects/my-project-1/global/networks/default"
HIDDEN = {"EXTERNAL_IP": "no"}


def a_nat(**more: Any) -> dict[str, Any]:
    return {"name": "theirs", "natIpAllocateOption": "AUTO_ONLY", **more}


def close_ssh(tool: Tool) -> None:
    """Take away what Google opens in every default network, as the documents advise."""
    url = "https://compute.googleapis.com/compute/v1/projects/my-project-1/global/firewalls/default-allow-ssh"
    assert requests.delete(url, headers={"Authorization": "Bearer made-up"}, timeout=10).ok


def test_nat_and_a_rule_for_ssh_are_made_where_there_are_none_and_go_with_the_cluster(tool: Tool) -> None:
    close_ssh(tool)
    created = tool.result("Create", **HIDDEN)
    (check,) = [c for c in created["checks"] if c["name"] == "default network"]
    assert check["detail"] == (
        "gets a NAT for us-central1, with the router demo-dpl-out, and the rule demo-dpl-ssh for ssh through IAP"
    )
    router = tool.listed(ROUTERS)["demo-dpl-out"]
    assert router["network"].endswith(DEFAULT)
    (served,) = router["nats"][0]["subnetworks"]
    assert served["name"].endswith("regions/us-central1/subnetworks/default")
    rule = tool.listed("global/firewalls")["demo-dpl-ssh"]
    assert rule["sourceRanges"] == ["35.235.240.0/20"]
    assert rule["targetServiceAccounts"] == ["demo-nodes@my-project-1.iam.gserviceaccount.com"]
    assert rule["allowed"] == [{"IPProtocol": "tcp", "ports": ["22"]}]
    (machine,) = tool.listed("zones/us-central1-a/instances").values()
    assert "accessConfigs" not in machine["networkInterfaces"][0]
    assert tool.result("Plan", **HIDDEN)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    tool.nothing_is_left_after_destroy(**HIDDEN)


def test_a_nat_that_serves_already_is_used_and_said(tool: Tool) -> None:
    tool.compute(ROUTERS, {"name": "theirs", "network": DEFAULT, "nats": [
        a_nat(sourceSubnetworkIpRangesToNat="ALL_SUBNETWORKS_ALL_IP_RANGES")
    ]})  # fmt: skip
    said = tool.run("Create", **HIDDEN)
    assert said.returncode == 0, said.stderr
    assert "by the NAT of router theirs" in said.stderr
    assert list(tool.listed(ROUTERS)) == ["theirs"]
    assert "demo-dpl-ssh" not in tool.listed("global/firewalls")  # the network's own rule lets everybody in


def test_each_region_is_looked_at_for_itself(tool: Tool) -> None:
    everything = a_nat(sourceSubnetworkIpRangesToNat="ALL_SUBNETWORKS_ALL_IP_RANGES")
    tool.compute(ROUTERS, {"name": "theirs", "network": DEFAULT, "nats": [everything]})
    no_room = {"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "does not have enough resources available"}
    match = {"host": "machines.rehearsal.internal", "method": "BOOT", "path": "/my-project-1/us-central1-a/"}
    tool.goes_wrong({"match": match, "status": 503, "body": no_room})
    created = tool.result("Create", ZONE="us-central1-a,us-east1-b", CAPACITY_WAIT="0", **HIDDEN)
    assert [node["zone"] for node in created["nodes"]] == ["us-east1-b"]
    assert list(tool.listed("regions/us-east1/routers")) == ["demo-dpl-out"]
    assert list(tool.listed(ROUTERS)) == ["theirs"]


@pytest.mark.parametrize(
    "other",
    [
        {"sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS", "subnetworks": []},
        {"type": "PRIVATE", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"},
    ],
    ids=["of other subnets", "private"],
)
def test_a_nat_that_does_not_serve_the_machines_is_none(tool: Tool, other: dict[str, Any]) -> None:
    tool.compute(ROUTERS, {"name": "theirs", "network": DEFAULT, "nats": [a_nat(**other)]})
    plan = tool.result("Plan", **HIDDEN)
    assert plan["changes"]["add"] == tool.result("Plan")["changes"]["add"] + 2  # a router and its NAT


def test_machines_with_addresses_change_nothing_in_the_default_network(tool: Tool) -> None:
    close_ssh(tool)
    tool.result("Create")
    assert tool.listed(ROUTERS) == {}
    assert not any(name.startswith("demo-") for name in tool.listed("global/firewalls"))


def test_machines_move_to_a_network_of_their_own_while_the_ways_in_the_default_one_still_go(tool: Tool) -> None:
    close_ssh(tool)
    tool.result("Create", **HIDDEN)
    going = {"method": "DELETE", "host": "compute.googleapis.com", "path": "/(routers|firewalls)/"}
    tool.goes_wrong({"match": going, "delay": 2.0})
    tool.result("Create", NETWORK_CONFIG="new_network", **HIDDEN)
    assert list(tool.listed(ROUTERS)) == ["demo-dpl-router"]
    tool.nothing_is_left_after_destroy(NETWORK_CONFIG="new_network", **HIDDEN)


def make_custom(tool: Tool, *regions: str) -> None:
    """The project's network is one in custom mode, with a subnet of the project's in each of the regions."""
    compute = "https://compute.googleapis.com/compute/v1/projects/my-project-1"
    signed = {"Authorization": "Bearer made-up"}
    for rule in tool.listed("global/firewalls"):
        assert requests.delete(f"{compute}/global/firewalls/{rule}", headers=signed, timeout=10).ok
    assert requests.delete(f"{compute}/global/networks/default", headers=signed, timeout=10).ok
    tool.compute("global/networks", {"name": "default", "autoCreateSubnetworks": False})
    for number, region in enumerate(regions):
        subnet = {"name": f"theirs-{region}", "network": DEFAULT, "ipCidrRange": f"10.{number}.0.0/20"}
        tool.compute(f"regions/{region}/subnetworks", subnet)


@pytest.mark.parametrize("settings", [{}, {"ORCHESTRATOR_TYPE": "gke"}], ids=["machines", "gke"])
def test_a_subnet_in_the_region_of_a_network_in_custom_mode_is_taken(tool: Tool, settings: dict[str, str]) -> None:
    make_custom(tool, "europe-west4", "us-central1")
    tool.result("Create", **HIDDEN, **settings)
    machines = tool.listed("zones/us-central1-a/instances").values()
    taken = {card["subnetwork"].rpartition("/")[2] for each in machines for card in each["networkInterfaces"]}
    assert taken == {"theirs-us-central1"}
    (served,) = tool.listed(ROUTERS)["demo-dpl-out"]["nats"][0]["subnetworks"]
    assert served["name"].endswith("regions/us-central1/subnetworks/theirs-us-central1")
    assert tool.result("Plan", **HIDDEN, **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}


def test_a_network_in_custom_mode_without_a_subnet_in_the_region_is_refused_before_anything_is_made(tool: Tool) -> None:
    make_custom(tool, "europe-west4")
    refused = tool.result("Create", expected=2)
    assert "network default of project my-project-1 has no subnet in us-central1" in refused["error"]["message"]
    assert "NETWORK_CONFIG=new_network" in refused["error"]["message"]
    assert tool.listed("global/instanceTemplates") == {}
