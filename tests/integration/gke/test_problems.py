"""GKE clusters whose machines don't come, or that leave something behind: what is said, and that all of it goes."""

import signal
import subprocess
from typing import Any

import pytest

from tests.integration.checks import rows
from tests.integration.conftest import Tool
from tests.integration.gcp.answers import api_error
from tests.integration.gcp.calls import by_hand
from tests.integration.gcp.kills import killed_when
from tests.integration.gcp.shortages import NODE, QUOTA, STOCK_OUT
from tests.integration.gcp.state import STATE

ONE_POOL = {
    "ORCHESTRATOR_TYPE": "gke",
    "GKE_NODE_POOL_COUNT": "1",
    "GKE_NODE_COUNT_PER_NODE_POOL": "1",
    "VM_TYPE": "g2-standard-8",
}
OWN_NETWORK = {**ONE_POOL, "NETWORK_CONFIG": "new_network"}
IMPATIENT = {"CAPACITY_WAIT": "0"}
CARDS = {**ONE_POOL, "VM_TYPE": "a3-megagpu-8g", "NETWORK_CONFIG": "multi_nic_network"}
LABELS = {"goog-k8s-cluster-name": "demo-gke", "goog-k8s-cluster-location": "us-central1"}
UNCHANGED = {"add": 0, "change": 0, "destroy": 0}


@pytest.fixture(autouse=True)
def asked_for_gke(tool: Tool) -> None:
    tool.settings |= ONE_POOL


def no_gpus(why: dict[str, str], zone: str = "us-central1-a") -> dict[str, Any]:
    """The rule by which the pool's machines can't be had, and the system's own can."""
    return {"match": {"host": NODE, "method": "BOOT", "path": f"/{zone}/gke-.*nodepool-0"}, "status": 503, "body": why}


def gke_gives_up() -> dict[str, Any]:
    """The rule by which GKE waits for machines for a second."""
    return {"match": {"host": NODE, "method": "PATIENCE"}, "body": 1}


@pytest.mark.parametrize(("why", "code"), [(STOCK_OUT, 13), (QUOTA, 12)], ids=["stock-out", "quota"])
def test_terraform_is_stopped_once_a_pool_has_waited_long_enough(tool: Tool, why: dict[str, str], code: int) -> None:
    tool.goes_wrong(gke_gives_up(), no_gpus(why))
    error = tool.result("Create", expected=code, **IMPATIENT)["error"]
    assert why["code"] in error["message"]
    tool.goes_wrong()
    assert {n["status"] for n in tool.result("Create")["nodes"]} == {"ready"}
    assert tool.result("Plan")["changes"] == UNCHANGED
    tool.nothing_is_left_after_destroy()


def test_a_stock_out_is_said_with_its_pool_while_terraform_waits(tool: Tool) -> None:
    tool.goes_wrong(gke_gives_up(), no_gpus(STOCK_OUT))
    said = tool.run("Create", **IMPATIENT).stderr
    assert "node pool demo-nodepool-0: " in said
    assert "ZONE_RESOURCE_POOL_EXHAUSTED" in said


def test_a_pool_that_gke_has_given_up_on_is_explained_by_gkes_own_words(tool: Tool) -> None:
    tool.goes_wrong(gke_gives_up(), no_gpus(STOCK_OUT))
    error = tool.result("Create", expected=13, CAPACITY_WAIT="30")["error"]
    assert "GCE_STOCKOUT" in error["message"]
    told = tool.result("Status", expected=13)
    assert "demo-nodepool-0" in told["error"]["message"]
    assert rows(told)["node pools"][0] == "failed"
    tool.goes_wrong()
    tool.nothing_is_left_after_destroy()


def test_a_cluster_moves_on_to_the_next_zone_with_room(tool: Tool) -> None:
    zones = {"ZONE": "us-central1-a,us-central1-b,europe-west4-a", **IMPATIENT}
    tool.goes_wrong(gke_gives_up(), no_gpus(STOCK_OUT, "us-central1-[ab]"))
    created = tool.result("Create", **zones)
    assert {n["zone"] for n in created["nodes"]} == {"europe-west4-a"}
    assert not [name for name in tool.left() if "us-central1" in name]
    assert tool.result("Plan", **zones)["changes"] == UNCHANGED
    tool.nothing_is_left_after_destroy(**zones)


def test_a_cluster_moves_within_its_region_too(tool: Tool) -> None:
    tool.goes_wrong(gke_gives_up(), no_gpus(STOCK_OUT))
    created = tool.result("Create", ZONE="us-central1-a,us-central1-b", **IMPATIENT)
    assert {n["zone"] for n in created["nodes"]} == {"us-central1-b"}
    tool.nothing_is_left_after_destroy(ZONE="us-central1-a,us-central1-b")


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        (403, "Insufficient regional quota to satisfy request: resource \"CPUS\": request requires '24.0'", 12),
        (403, 'Required "container.clusters.create" permission(s) for "projects/my-project-1".', 11),
    ],
    ids=["quota", "permission"],
)
def test_a_refusal_of_gkes_has_the_exit_code_of_its_cause(tool: Tool, status: int, message: str, code: int) -> None:
    match = {"host": "container.googleapis.com", "method": "POST", "path": "/clusters"}
    tool.goes_wrong({"match": match, **api_error(status, message)})
    assert message in tool.result("Create", expected=code)["error"]["message"].replace("\\", "")
    tool.goes_wrong()
    tool.nothing_is_left_after_destroy()


def test_a_version_that_is_not_offered_is_refused_with_those_that_are(tool: Tool) -> None:
    error = tool.result("Create", expected=2, GKE_VERSION="1.9")["error"]
    assert "GKE_VERSION=1.9 is not offered here; offered are 1." in error["message"]
    assert [name for name in tool.left() if "container" in name] == []


def test_a_run_that_was_stopped_while_gke_waits_is_gone_on_with(tool: Tool) -> None:
    tool.goes_wrong(gke_gives_up(), no_gpus(STOCK_OUT))
    process = subprocess.Popen(tool.command("Create"), env=tool.variables(), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert any("ZONE_RESOURCE_POOL_EXHAUSTED" in line for line in iter(process.stderr.readline, ""))
    process.send_signal(signal.SIGINT)
    process.stderr.read()
    assert process.wait() == 130
    tool.goes_wrong()
    tool.nothing_is_left_after_destroy()


def test_who_may_not_ask_the_control_plane_gets_an_unknown_and_a_cluster(tool: Tool) -> None:
    tool.goes_wrong({"match": {"host": ".*[.]gke[.]goog"}, **api_error(403, "no container.clusters.connect")})
    found = rows(tool.result("Create", GKE_DNS_ENDPOINT="yes"))
    assert found["control plane"][0] == "unknown"
    assert "container.clusters.connect" in found["control plane"][1]


def test_who_may_not_grant_gets_nodes_of_the_default_account_and_a_line(tool: Tool) -> None:
    tool.has(denied=["resourcemanager.projects.setIamPolicy"])
    said = tool.run("Create")
    assert said.returncode == 0, said.stderr
    assert "roles/container.defaultNodeServiceAccount" in said.stderr
    assert tool.result("Plan")["changes"] == UNCHANGED
    tool.nothing_is_left_after_destroy()


def test_a_project_without_gke_is_refused_with_the_command_that_switches_it_on(tool: Tool) -> None:
    tool.has(services_off=["container.googleapis.com"])
    error = tool.result("Create", expected=11)["error"]
    assert "gcloud services enable container.googleapis.com --project=my-project-1" in error["advice"]
    assert tool.run("Destroy").returncode == 0


def test_what_services_left_in_the_clusters_network_goes_with_it(tool: Tool) -> None:
    tool.result("Create", **OWN_NETWORK)
    network = "projects/my-project-1/global/networks/demo-dpl-net"
    group = {"name": "k8s1-0a1b-default-web-80", "network": network, "networkEndpointType": "GCE_VM_IP_PORT"}
    by_hand("POST", "zones/us-central1-a/networkEndpointGroups", group)
    by_hand("POST", "global/firewalls", {"name": "k8s-fw-l7", "network": network, "allowed": [{"IPProtocol": "tcp"}]})
    error = tool.result("Destroy", expected=20, **OWN_NETWORK)["error"]
    assert "firewall rule k8s-fw-l7" in error["message"]  # whose it is, nothing tells for sure
    by_hand("DELETE", "global/firewalls/k8s-fw-l7")
    tool.nothing_is_left_after_destroy(**OWN_NETWORK)


def test_firewall_rules_for_its_nodes_alone_go_with_the_cluster(tool: Tool) -> None:
    tool.result("Create")
    rule = {"network": "global/networks/default", "allowed": [{"IPProtocol": "tcp"}]}
    by_hand("POST", "global/firewalls", {"name": "gke-own", "targetTags": ["gke-demo-gke-0a1b2c3d-node"], **rule})
    by_hand("POST", "global/firewalls", {"name": "of-another", "targetTags": ["gke-demo-gke-2-0a1b2c3d-node"], **rule})
    tool.result("Destroy")
    assert [name for name in tool.left() if "firewalls" in name] == [
        "//compute.googleapis.com/projects/my-project-1/global/firewalls/of-another"
    ]


def test_who_may_not_look_at_the_cluster_takes_away_nothing_of_it(tool: Tool) -> None:
    rule = {"network": "global/networks/default", "allowed": [{"IPProtocol": "tcp"}]}
    by_hand("POST", "global/firewalls", {"name": "gke-own", "targetTags": ["gke-demo-gke-0a1b2c3d-node"], **rule})
    match = {"host": "container.googleapis.com", "path": "/clusters/demo-gke"}
    tool.goes_wrong({"match": match, **api_error(403, 'Required "container.clusters.get" permission(s).')})
    tool.result("Destroy", expected=11)
    assert [name for name in tool.left() if name.endswith("/global/firewalls/gke-own")]


def test_a_volume_of_the_cluster_is_named_and_never_deleted(tool: Tool) -> None:
    tool.result("Create")
    by_hand("POST", "zones/us-central1-b/disks", {"name": "pvc-1", "sizeGb": "10", "labels": LABELS})
    result = tool.result("Destroy", expected=23)
    assert [(each["kind"], each["name"], each["place"]) for each in result["leftovers"]] == [
        ("disk", "pvc-1", "us-central1-b")
    ]
    assert "kept for its data" in result["error"]["message"]
    assert "gcloud compute disks delete pvc-1 --project=my-project-1 --zone=us-central1-b" in result["error"]["advice"]
    by_hand("DELETE", "zones/us-central1-b/disks/pvc-1")
    tool.nothing_is_left_after_destroy()


def test_a_network_of_gkes_that_something_uses_is_named_until_it_can_go(tool: Tool) -> None:
    created = tool.result("Create", **CARDS)
    assert created["ok"]
    networks = sorted({name.rsplit("/", 1)[-1] for name in tool.left() if "/global/networks/gke-" in name})
    assert networks
    rule = {"name": "mine", "network": f"global/networks/{networks[0]}", "allowed": [{"IPProtocol": "tcp"}]}
    by_hand("POST", "global/firewalls", rule)  # goes with the network, and not before it
    (subnet,) = [name for name in tool.left() if "/subnetworks/" in name and networks[0] in name]
    address = {
        "name": "mine",
        "addressType": "INTERNAL",
        "subnetwork": subnet.removeprefix("//compute.googleapis.com/"),
    }
    by_hand("POST", "regions/us-central1/addresses", address)
    result = tool.result("Destroy", expected=23, **CARDS)
    assert [(each["kind"], each["name"]) for each in result["leftovers"]] == [("network", networks[0])]
    assert [name for name in tool.left() if name.endswith("/global/firewalls/mine")]
    by_hand("DELETE", "regions/us-central1/addresses/mine")
    tool.nothing_is_left_after_destroy(**CARDS)


def test_networks_of_pools_that_are_gone_go_at_the_next_create(tool: Tool) -> None:
    tool.result("Create", **CARDS)
    then = {**CARDS, "NETWORK_CONFIG": "new_network"}
    tool.result("Create", **then)
    assert not [name for name in tool.left() if "/global/networks/gke-" in name]
    assert tool.result("Plan", **then)["changes"] == UNCHANGED
    tool.nothing_is_left_after_destroy(**then)


def test_a_cluster_in_another_network_is_made_anew_with_its_pools(tool: Tool) -> None:
    tool.result("Create")
    assert {n["status"] for n in tool.result("Create", **OWN_NETWORK)["nodes"]} == {"ready"}
    assert tool.result("Plan", **OWN_NETWORK)["changes"] == UNCHANGED
    tool.nothing_is_left_after_destroy(**OWN_NETWORK)


def test_a_lost_state_is_found_again(tool: Tool) -> None:
    first = tool.result("Create", **CARDS)
    tool.bucket().blob(STATE).delete()
    said = tool.run("Create", **CARDS)
    assert said.returncode == 0, said.stderr
    assert "locations/us-central1/clusters/demo-gke is there already" in said.stderr
    assert tool.result("Status", **CARDS)["nodes"] == first["nodes"]
    assert tool.result("Plan", **CARDS)["changes"] == UNCHANGED
    tool.nothing_is_left_after_destroy(**CARDS)


@pytest.mark.parametrize("at", ["google_container_cluster.this: Creating", "google_container_node_pool.this: Creating"])
def test_what_a_killed_run_began_is_gone_on_with(tool: Tool, at: str) -> None:
    killed_when(tool, at)
    created = tool.result("Create")
    assert sorted(pool_of(node) for node in created["nodes"]) == ["nodepool-0", "system"]
    assert tool.result("Plan")["changes"] == UNCHANGED
    tool.nothing_is_left_after_destroy()


def test_a_control_plane_whose_making_was_interrupted_keeps_no_pool_of_gkes_own(tool: Tool) -> None:
    tool.goes_wrong({"match": {"host": NODE, "method": "BOOT"}, "delay": 1.5})
    process = subprocess.Popen(tool.command("Create"), env=tool.variables(), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert any("google_container_cluster.this: Creating" in line for line in iter(process.stderr.readline, ""))
    process.send_signal(signal.SIGINT)
    process.stderr.read()
    assert process.wait() == 130
    created = tool.result("Create")
    assert sorted(pool_of(node) for node in created["nodes"]) == ["nodepool-0", "system"]
    assert tool.result("Plan")["changes"] == UNCHANGED
    tool.nothing_is_left_after_destroy()


def pool_of(node: dict[str, Any]) -> str:
    """Which pool a node is of; GKE's own first one is called default-pool."""
    return next((name for name in ("nodepool-0", "system") if f"demo-{name}" in node["name"]), node["name"])
