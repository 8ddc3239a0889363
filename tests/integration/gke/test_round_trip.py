"""GKE clusters on the embedded cloud: the round trip in its kinds.

With PROVIDER_MIRROR set, the same tests run with the providers that are there.
"""

import json
from typing import Any

import pytest

from tests.integration.conftest import PROJECT, Tool

GKE = {"ORCHESTRATOR_TYPE": "gke"}


def pools(*each: dict[str, Any]) -> str:
    """CUSTOM_NODE_POOL, as its list is written."""
    return json.dumps(each)


def pool(name: str, machine_type: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {"name": name, "zone": "us-central1-a", "node_count": count, "machine_type": machine_type, **more}


NO_GPU = {"guest_accelerator_count": 0, "guest_accelerator_type": ""}
T4 = {"guest_accelerator_count": 1, "guest_accelerator_type": "nvidia-tesla-t4"}
KINDS = {
    "no pools": ({}, {"VM_TYPE": "n1-standard-1", "GKE_NODE_POOL_COUNT": "0"}),
    "equal pools": (
        {"GKE_NODE_POOL_COUNT": "1", "GKE_NODE_COUNT_PER_NODE_POOL": "1", "GKE_ENABLE_COMPACT_PLACEMENT": "true"},
        {"GKE_NODE_POOL_COUNT": "2", "GKE_NODE_COUNT_PER_NODE_POOL": "2"},
    ),
    "spot machines that GKE scales": (
        {
            "NETWORK_CONFIG": "new_network",
            "VM_TYPE": "g2-standard-8",
            "PROVISIONING_MODEL": "spot",
            "GKE_NODE_POOL_COUNT": "1",
            "GKE_MIN_NODE_COUNT": "1",
            "GKE_MAX_NODE_COUNT": "3",
            "GKE_DNS_ENDPOINT": "yes",
        },
        {"GKE_MAX_NODE_COUNT": "5", "GKE_DNS_ENDPOINT": "no"},
    ),
    "pools that differ": (
        {
            "NETWORK_CONFIG": "new_network",
            "CUSTOM_NODE_POOL": pools(pool("cpu", "e2-standard-4", **NO_GPU), pool("l4", "g2-standard-4")),
            "SERVICE_ACCOUNT": "mine@my-project-1.iam.gserviceaccount.com",
            "GKE_VERSION": "1.33",
        },
        {
            "CUSTOM_NODE_POOL": pools(
                pool("cpu", "e2-standard-4", 2, **NO_GPU),
                pool("l4", "g2-standard-4"),
                pool("there", "n1-standard-8", zone="us-central1-b", **T4),
            ),
        },
    ),
    "cards of their own": (
        {
            "NETWORK_CONFIG": "multi_nic_network",
            "VM_TYPE": "a3-megagpu-8g",
            "GKE_NODE_POOL_COUNT": "1",
            "GKE_NODE_COUNT_PER_NODE_POOL": "2",
        },
        {"GKE_NODE_COUNT_PER_NODE_POOL": "3", "LABELS": '{ team = "x" }'},
    ),
    "machines when there are some": (
        {
            "VM_TYPE": "a3-ultragpu-8g",
            "NETWORK_CONFIG": "multi_nic_network",
            "DISK_TYPE": "hyperdisk-balanced",
            "PROVISIONING_MODEL": "flex-start",
            "MAX_RUN_DURATION": "4",
            "GKE_NODE_POOL_COUNT": "1",
            "GKE_NODE_COUNT_PER_NODE_POOL": "2",
        },
        {"GKE_NODE_COUNT_PER_NODE_POOL": "4"},
    ),
}


@pytest.mark.parametrize(("first", "then"), KINDS.values(), ids=KINDS.keys())
def test_create_then_plan_without_changes_then_more_of_it_then_destroy_leaves_nothing(
    tool: Tool, first: dict[str, str], then: dict[str, str]
) -> None:
    for settings in (first, first | then):
        created = tool.result("Create", **GKE, **settings)
        assert {n["status"] for n in created["nodes"]} == {"ready"}
        assert tool.result("Plan", **GKE, **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    tool.nothing_is_left_after_destroy(**GKE, **(first | then))


def test_the_example_makes_a_cluster_whose_nodes_are_proven_and_status_says_so(tool: Tool) -> None:
    lines = (PROJECT / "examples" / "gcp-gke.list").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    tool.settings = settings | {"PROJECT_ID": "my-project-1"}
    created = tool.result("Create")
    checks = {each["name"]: (each["status"], each["detail"]) for each in created["checks"]}
    assert checks["control plane"][0] == "ok"
    assert checks["kubernetes nodes"] == ("ok", "3 ready, with 2 GPUs")
    told = tool.result("Status")
    assert {each["name"] for each in told["checks"] if each["status"] != "ok"} == set()
    assert told["connection"] == created["connection"]
    tool.nothing_is_left_after_destroy()


def test_pools_move_with_zone_and_those_that_name_one_stay(tool: Tool) -> None:
    staying = pool("stays", "e2-standard-4")
    moving = {key: value for key, value in pool("moves", "g2-standard-4").items() if key != "zone"}
    settings = {**GKE, "CUSTOM_NODE_POOL": pools(staying, moving)}
    tool.result("Create", **settings)
    settings["ZONE"] = "us-central1-b"
    moved = tool.result("Create", **settings)
    zones = {("stays" if "-stays-" in node["name"] else "moves"): node["zone"] for node in moved["nodes"]}
    assert zones == {"stays": "us-central1-a", "moves": "us-central1-b"}
    assert tool.result("Plan", **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}
    tool.nothing_is_left_after_destroy(**settings)


def test_a_gke_cluster_never_becomes_a_group_of_machines(tool: Tool) -> None:
    tool.result("Create", ORCHESTRATOR_TYPE="gke")
    error = tool.result("Create", expected=2, ORCHESTRATOR_TYPE="none")["error"]
    assert "is a GKE cluster now; run Destroy with ORCHESTRATOR_TYPE=gke first" in error["message"]
    tool.nothing_is_left_after_destroy(ORCHESTRATOR_TYPE="gke")
