"""What stands in the cloud of each parameter of a GKE cluster, and what every one of them is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

EQUAL = {"ORCHESTRATOR_TYPE": "gke", "GKE_NODE_POOL_COUNT": "1"}
CLUSTER = "https://container.googleapis.com/v1/projects/my-project-1/locations/us-central1/clusters/demo-gke"


def cluster(tool: Tool, **settings: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The cluster that Create makes with these settings, and its pools by name."""
    tool.result("Create", **settings)
    answer = requests.get(CLUSTER, headers={"Authorization": "Bearer made-up"}, timeout=10)
    assert answer.ok, answer.text
    found: dict[str, Any] = answer.json()
    return found, {pool["name"]: pool for pool in found["nodePools"]}


def test_a_cluster_is_private_and_keeps_no_pool_but_the_tools(tool: Tool) -> None:
    settings = {**EQUAL, "GKE_NODE_COUNT_PER_NODE_POOL": "1", "GKE_VERSION": "1.33", "LABELS": '{ team = "x" }'}
    found, pools = cluster(tool, **settings)
    assert sorted(pools) == ["demo-nodepool-0", "demo-system"]
    assert found["privateClusterConfig"]["enablePrivateNodes"]
    assert found["privateClusterConfig"]["enablePrivateEndpoint"]
    endpoints = found["controlPlaneEndpointsConfig"]
    assert endpoints["ipEndpointsConfig"]["authorizedNetworksConfig"] == {"enabled": True}
    assert not endpoints["dnsEndpointConfig"]["allowExternalTraffic"]
    assert found["workloadIdentityConfig"]["workloadPool"] == "my-project-1.svc.id.goog"
    assert found["shieldedNodes"]["enabled"]
    assert found["networkConfig"]["datapathProvider"] == "ADVANCED_DATAPATH"
    assert not found["networkConfig"].get("enableMultiNetworking")
    assert found["addonsConfig"]["gcsFuseCsiDriverConfig"]["enabled"]
    assert found["currentMasterVersion"].startswith("1.33.")
    assert found["resourceLabels"]["team"] == "x"


def test_a_pool_of_machines_is_what_its_parameters_say(tool: Tool) -> None:
    settings = {"DISK_SIZE_GB": "321", "DISK_TYPE": "pd-balanced", "METADATA": '{ greeting = "hello" }'}
    pooled = {"GKE_NODE_COUNT_PER_NODE_POOL": "2", "GKE_ENABLE_COMPACT_PLACEMENT": "true"}
    _, pools = cluster(tool, **EQUAL, **settings, **pooled, LABELS='{ team = "x" }')
    pool, node = pools["demo-nodepool-0"], pools["demo-nodepool-0"]["config"]
    assert (node["machineType"], node["diskType"], node["diskSizeGb"]) == ("a2-highgpu-2g", "pd-balanced", 321)
    (gpus,) = node["accelerators"]
    assert (gpus["acceleratorType"], int(gpus["acceleratorCount"])) == ("nvidia-tesla-a100", 2)
    assert gpus["gpuDriverInstallationConfig"] == {"gpuDriverVersion": "DEFAULT"}
    assert node["imageType"] == "COS_CONTAINERD"
    assert node["gvnic"]["enabled"]
    assert node["shieldedInstanceConfig"]["enableSecureBoot"]
    assert node["workloadMetadataConfig"]["mode"] == "GKE_METADATA"
    assert node["serviceAccount"] == "demo-gke-nodes@my-project-1.iam.gserviceaccount.com"
    assert node["metadata"]["greeting"] == "hello"
    assert node["resourceLabels"]["team"] == "x"
    assert not node.get("spot")
    assert pool["placementPolicy"]["type"] == "COMPACT"
    assert pool["networkConfig"]["enablePrivateNodes"]
    assert pool["locations"] == ["us-central1-a"]
    assert not pool["autoscaling"].get("enabled")
    assert pool["maintenancePolicy"]["exclusionUntilEndOfSupport"]["enabled"]
    nodes = [name for name in tool.listed("zones/us-central1-a/instances") if "nodepool-0" in name]
    assert len(nodes) == 2


def test_spot_pools_that_gke_scales_and_a_control_plane_that_answers_by_name(tool: Tool) -> None:
    sizes = {"GKE_MIN_NODE_COUNT": "1", "GKE_MAX_NODE_COUNT": "3"}
    found, pools = cluster(
        tool, **EQUAL, **sizes, VM_TYPE="g2-standard-8", PROVISIONING_MODEL="spot", GKE_DNS_ENDPOINT="yes"
    )
    pool = pools["demo-nodepool-0"]
    assert pool["config"]["spot"]
    assert "placementPolicy" not in pool
    scaled = pool["autoscaling"]
    assert (scaled["enabled"], scaled["minNodeCount"], scaled["maxNodeCount"]) == (True, 1, 3)
    assert found["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]["allowExternalTraffic"]


def test_flex_start_pools_with_cards_and_disks_of_their_own(tool: Tool) -> None:
    ultra = {"VM_TYPE": "a3-ultragpu-8g", "NETWORK_CONFIG": "multi_nic_network", "PROVISIONING_MODEL": "flex-start"}
    settings = {**EQUAL, **ultra, "GKE_NODE_COUNT_PER_NODE_POOL": "2", "MAX_RUN_DURATION": "4"}
    found, pools = cluster(tool, **settings)
    pool, node = pools["demo-nodepool-0"], pools["demo-nodepool-0"]["config"]
    assert found["networkConfig"]["enableMultiNetworking"]
    assert pool["networkConfig"]["acceleratorNetworkProfile"] == "auto"
    assert (node["flexStart"], node["maxRunDuration"]) == (True, "14400s")
    assert node["reservationAffinity"] == {"consumeReservationType": "NO_RESERVATION"}
    assert node["diskType"] == "hyperdisk-balanced"
    assert node["gpuDirectConfig"] == {"gpuDirectStrategy": "RDMA"}
    assert node["labels"] == {"cloud.google.com/gke-networking-dra-driver": "true"}
    assert node["ephemeralStorageLocalSsdConfig"]["localSsdCount"] == 32
    assert not pool["management"].get("autoRepair")
    scaled = pool["autoscaling"]
    assert (scaled["enabled"], scaled.get("minNodeCount", 0), scaled["maxNodeCount"]) == (True, 0, 2)
    assert tool.result("Plan", **settings)["changes"] == {"add": 0, "change": 0, "destroy": 0}


def test_custom_pools_are_each_their_own_and_take_the_reservation(tool: Tool) -> None:
    tool.reserves("theirs", 3, "a2-highgpu-1g")
    one = {"name": "one", "zone": "us-central1-a", "node_count": 1, "machine_type": "a2-highgpu-1g"}
    wanted = json.dumps([one, {**one, "name": "two", "node_count": 2}])
    settings = {"ORCHESTRATOR_TYPE": "gke", "CUSTOM_NODE_POOL": wanted, "RESERVATION_NAME": "theirs"}
    _, pools = cluster(tool, **settings)
    for name in ("one", "two"):
        node = pools[name]["config"]
        assert node["accelerators"][0]["acceleratorCount"] in (1, "1")
        assert node["reservationAffinity"] == {
            "consumeReservationType": "SPECIFIC_RESERVATION",
            "key": "compute.googleapis.com/reservation-name",
            "values": ["theirs"],
        }
    assert "reservationAffinity" not in pools["demo-system"]["config"]
    machines = list(tool.listed("zones/us-central1-a/instances"))
    assert [sum(f"-{name}-" in each for each in machines) for name in ("one", "two")] == [1, 2]
