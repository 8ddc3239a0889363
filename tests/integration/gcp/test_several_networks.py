"""multi_nic_network: what is really there after Create, for each layout; and that it comes and goes without a trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

SPOT = {"PROVISIONING_MODEL": "spot"}
REGION = "regions/us-central1"


def last(link: str) -> str:
    return link.rpartition("/")[2]


def cards(tool: Tool) -> list[dict[str, Any]]:
    """The network interfaces of the cluster's only machine."""
    (machine,) = tool.listed("zones/us-central1-a/instances").values()
    return list(machine["networkInterfaces"])


@pytest.mark.parametrize(
    ("settings", "networks", "kinds"),
    [
        ({"VM_TYPE": "a2-highgpu-2g"}, 5, ["GVNIC"] * 5),
        ({"VM_TYPE": "a3-megagpu-8g", "EXTERNAL_IP": "no", "NAME_PREFIX": "n" * 50}, 9, ["GVNIC"] * 9),
        ({"VM_TYPE": "a3-ultragpu-8g", **SPOT}, 3, ["GVNIC"] * 2 + ["MRDMA"] * 8),
    ],
    ids=["five", "tcpxo", "rdma"],
)
def test_each_layout_comes_as_the_machine_needs_it_and_goes(
    tool: Tool, settings: dict[str, str], networks: int, kinds: list[str]
) -> None:
    given = {"NETWORK_CONFIG": "multi_nic_network", **settings}
    prefix = settings.get("NAME_PREFIX", "demo")
    tool.result("Create", **given)
    assert tool.result("Plan", **given)["changes"] == {"add": 0, "change": 0, "destroy": 0}

    made = {name: body for name, body in tool.listed("global/networks").items() if name != "default"}
    assert len(made) == networks
    mtu = 8244 if "mega" in settings["VM_TYPE"] else 8896
    assert {body["mtu"] for body in made.values()} == {mtu}
    profiles = [last(body["networkProfile"]) for body in made.values() if "networkProfile" in body]
    assert profiles == (["us-central1-a-vpc-roce"] if "MRDMA" in kinds else [])

    found = cards(tool)
    assert [card["nicType"] for card in found] == kinds
    assert last(found[0]["network"]) == f"{prefix}-dpl-net"
    assert len({card["subnetwork"] for card in found}) == len(kinds)
    assert len({card["network"] for card in found}) == networks
    with_address = [bool(card.get("accessConfigs")) for card in found]
    assert with_address == [settings.get("EXTERNAL_IP") != "no"] + [False] * (len(kinds) - 1)

    rules = [rule for rule in tool.listed("global/firewalls").values() if last(rule["network"]) != "default"]
    ssh = [last(rule["network"]) for rule in rules if "22" in json.dumps(rule["allowed"])]
    assert ssh == [f"{prefix}-dpl-net"]
    open_inside = {last(rule["network"]) for rule in rules}
    assert open_inside == {name for name, body in made.items() if "networkProfile" not in body}
    (router,) = tool.listed(f"{REGION}/routers").values()
    assert (last(router["network"]), len(router["nats"])) == (f"{prefix}-dpl-net", 1)
    tool.nothing_is_left_after_destroy(**given)


def test_a_network_becomes_several_with_the_first_left_in_place(tool: Tool) -> None:
    tool.result("Create", NETWORK_CONFIG="new_network")
    number = tool.listed("global/networks")["demo-dpl-net"]["id"]
    tool.result("Create", NETWORK_CONFIG="multi_nic_network")
    assert tool.listed("global/networks")["demo-dpl-net"]["id"] == number
    assert len(tool.listed("global/networks")) == 6


def test_a_zone_without_an_rdma_network_is_found_out_before_anything_is_made(tool: Tool) -> None:
    tool.has(network_profiles={"us-central1-a-vpc-roce": {"zones": []}})
    given = {"NETWORK_CONFIG": "multi_nic_network", "VM_TYPE": "a4-highgpu-8g", **SPOT}
    error = tool.result("Create", expected=2, **given)["error"]
    assert "ZONE=us-central1-a: it has no network profile us-central1-a-vpc-roce" in error["message"]
    assert tool.left() == []
