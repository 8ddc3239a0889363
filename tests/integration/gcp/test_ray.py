"""ORCHESTRATOR_TYPE=ray: a head of its own, that stays, on the embedded cloud that plays the machines.

With PROVIDER_MIRROR set, the same tests run with the providers that are there.
"""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

RAY = {"ORCHESTRATOR_TYPE": "ray", "VM_TYPE": "a2-highgpu-2g", "GPU_COUNT": "2"}
HEAD_FILE = "demo-deployment/files/ray-head.json"


def test_a_ray_cluster_grows_and_shrinks_around_its_head_and_leaves_nothing(tool: Tool) -> None:
    created = tool.result("Create", INSTANCE_COUNT="2", **RAY)
    head, worker = [n["name"] for n in created["nodes"]]
    assert head.startswith("demo-head-")
    assert worker.startswith("demo-vm-")
    assert {"name": "ray", "status": "ok", "detail": "2 of 2 nodes, 4 GPUs"} in created["checks"]
    assert tool.result("Plan", INSTANCE_COUNT="2", **RAY)["changes"] == {"add": 0, "change": 0, "destroy": 0}

    grown = tool.result("Create", INSTANCE_COUNT="4", **RAY)
    assert grown["changes"] == {"add": 0, "change": 1, "destroy": 0}
    assert {head, worker} < {n["name"] for n in grown["nodes"]}
    assert {"name": "ray", "status": "ok", "detail": "4 of 4 nodes, 8 GPUs"} in grown["checks"]

    shrunk = tool.result("Create", INSTANCE_COUNT="1", **RAY)
    assert [n["name"] for n in shrunk["nodes"]] == [head]

    assert tool.result("Destroy", INSTANCE_COUNT="1", **RAY)["leftovers"] == []
    assert not tool.bucket().exists()


def test_the_nodes_are_told_the_head_by_a_name_that_it_keeps(tool: Tool) -> None:
    created = tool.result("Create", INSTANCE_COUNT="1", **RAY)
    head = created["nodes"][0]["name"]
    told = json.loads(tool.bucket().blob(HEAD_FILE).download_as_text())
    assert told == {"schema": 1, "name": head, "address": f"{head}.us-central1-a.c.my-project-1.internal"}


def test_the_result_says_how_ray_is_reached(tool: Tool) -> None:
    ray = tool.result("Create", **RAY)["connection"]["ray"]
    shell = f"gcloud compute ssh {ray['head']} --project=my-project-1 --zone=us-central1-a --tunnel-through-iap"
    assert ray["status"] == f"{shell} --command='ray status'"
    assert ray["dashboard_tunnel"] == f"{shell} -- -N -L 8265:localhost:8265"
    assert "ray job submit" in ray["submit"] and ray["dashboard"].startswith("http://localhost:8265")


def test_status_names_a_node_that_has_left_the_cluster(tool: Tool) -> None:
    left = tool.result("Create", INSTANCE_COUNT="2", **RAY)["nodes"][1]["name"]
    record = tool.bucket().get_blob(f"demo-deployment/nodes/{left}.json")
    record.metadata = {**record.metadata, "ray": ""}
    record.patch()
    told = tool.result("Status", INSTANCE_COUNT="2", expected=21, **RAY)
    assert {"name": "ray", "status": "failed", "detail": "1 of 2 nodes, 2 GPUs"} in told["checks"]
    assert left in told["error"]["message"]


def test_machines_that_were_made_without_ray_are_named(tool: Tool) -> None:
    tool.result("Create", INSTANCE_COUNT="2")
    failed = tool.result("Create", INSTANCE_COUNT="2", expected=21, **RAY)
    assert "made without Ray: demo-vm-" in failed["error"]["message"]


@pytest.mark.parametrize("count", ["1", "2"])
def test_without_ray_there_is_one_group(tool: Tool, count: str) -> None:
    created = tool.result("Create", INSTANCE_COUNT=count)
    assert [n["name"][:8] for n in created["nodes"]] == ["demo-vm-"] * int(count)
    assert "ray" not in created["connection"]


def test_the_samples_lie_where_every_machine_is_told(tool: Tool) -> None:
    tool.result("Create")
    state = json.loads(tool.bucket().blob("demo-deployment/terraform/state/default.tfstate").download_as_text())
    (template,) = [r for r in state["resources"] if r["type"] == "google_compute_instance_template"]
    config = json.loads(template["instances"][0]["attributes"]["metadata"]["cluster-config"])
    assert config["samples"]["destination"] == "/home/jupyter/aiinfra-sample"
    with tarfile.open(fileobj=io.BytesIO(tool.bucket().blob(config["samples"]["object"]).download_as_bytes())) as tar:
        assert {"README.md", "ray_all_nodes.py", "pytorch_one_node.py"} <= set(tar.getnames())


def test_status_and_connect_know_the_head(tool: Tool) -> None:
    created = tool.result("Create", INSTANCE_COUNT="2", **RAY)
    told = tool.result("Status", INSTANCE_COUNT="2", **RAY)
    assert {"name": "ray", "status": "ok", "detail": "2 of 2 nodes, 4 GPUs"} in told["checks"]
    assert told["nodes"] == created["nodes"]
    assert told["connection"]["ray"] == created["connection"]["ray"]
    assert " demo-head-" in tool.run("Connect", INSTANCE_COUNT="2", **RAY).stdout


def test_status_of_a_cluster_without_its_head_says_what_is_missing(tool: Tool) -> None:
    assert "there is no cluster demo" in tool.result("Status", expected=21, **RAY)["error"]["message"]


def test_a_ray_cluster_moves_on_to_a_zone_with_room_for_all_of_it(tool: Tool) -> None:
    zones = {"ZONE": "us-central1-a,us-central1-b", "CAPACITY_WAIT": "0"}
    no = {"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "no"}
    boot = {"host": "machines.rehearsal.internal", "method": "BOOT", "path": "/us-central1-a/demo-vm-"}
    tool.goes_wrong({"match": boot, "status": 503, "body": no})
    created = tool.result("Create", INSTANCE_COUNT="2", **zones, **RAY)
    assert {n["zone"] for n in created["nodes"]} == {"us-central1-b"}
    head = next(n["name"] for n in created["nodes"] if n["name"].startswith("demo-head-"))
    assert json.loads(tool.bucket().blob(HEAD_FILE).download_as_text())["name"] == head
    assert tool.result("Destroy", **zones, **RAY)["leftovers"] == []


def test_status_of_machines_without_ray_says_so(tool: Tool) -> None:
    tool.result("Create", INSTANCE_COUNT="2")
    found = tool.result("Status", expected=21, INSTANCE_COUNT="2", **RAY)
    assert "made without Ray" in found["error"]["message"]
