"""A real Ray cluster of three nodes: it does a job on all of them, and a node that reboots is in it again."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.engine import names
from embedded_cloud.engine.files import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from docker.models.containers import Container

    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

SECONDS = 90
SAMPLE = "/home/jupyter/aiinfra-sample/ray_all_nodes.py"
SETTINGS = {
    "PROJECT_ID": "e2e-project-1",
    "NAME_PREFIX": "rays",
    "ZONE": "us-central1-a",
    "INSTANCE_COUNT": "3",
    "VM_TYPE": "a2-highgpu-2g",
    "ORCHESTRATOR_TYPE": "Ray",
    "STARTUP_COMMAND": "ray status >/root/status",
    "WAIT_FOR_STARTUP_COMMAND": "yes",
}


@pytest.fixture(scope="module")
def created(tool: Tool, ray_image: str) -> Finished:
    return tool.run("Create", SETTINGS)


@pytest.fixture(scope="module")
def nodes(tool: Tool, created: Finished) -> dict[str, Container]:
    """The nodes by name, the head first."""
    assert created.code == 0, created.told
    return {node.labels[names.LABEL_INSTANCE]: node for node in sorted(tool.nodes(), key=lambda box: str(box.name))}


def test_create_proves_that_all_nodes_are_in_the_cluster(created: Finished, nodes: dict[str, Container]) -> None:
    assert {"name": "ray", "status": "ok", "detail": "3 of 3 nodes, 6 GPUs"} in created.result["checks"]
    assert [name.rpartition("-")[0] for name in nodes] == ["rays-head", "rays-vm", "rays-vm"]


def test_the_command_runs_once_ray_is_there(nodes: dict[str, Container]) -> None:
    assert all("GPU" in read(node, "/root/status") for node in nodes.values())


def test_a_job_that_anybody_submits_on_the_head_does_its_part_on_every_node(nodes: dict[str, Container]) -> None:
    said = told(next(iter(nodes.values())), "nobody", f"ray job submit --log-color=false -- python3 {SAMPLE}")
    assert said["ok"]
    assert said["nodes"] == dict.fromkeys(nodes, True)
    assert said["driver"] == next(iter(nodes))


def test_a_notebook_on_any_node_finds_the_cluster_by_itself(nodes: dict[str, Container]) -> None:
    name, node = list(nodes.items())[-1]
    service = run(node, "root", "cat /proc/$(systemctl show -p MainPID --value jupyter)/environ")
    assert "RAY_ADDRESS=rays-head-" in service
    said = told(node, "jupyter", f"python3 {SAMPLE}")
    assert (said["ok"], said["driver"]) == (True, name)
    assert said["nodes"] == dict.fromkeys(nodes, True)


def test_nobody_else_gets_at_rays_own_files(nodes: dict[str, Container]) -> None:
    for node in nodes.values():
        assert run(node, "root", "stat -c '%U %a' /var/lib/ray/jupyter") == "jupyter 700"
        assert run(node, "root", "ls /tmp/ray 2>/dev/null") == ""


def test_a_node_that_reboots_keeps_its_address_and_joins_again(nodes: dict[str, Container]) -> None:
    head, node = nodes[min(nodes)], nodes[max(nodes)]
    before = record(node)
    run(node, "root", "systemctl reboot")
    wait_until(lambda: record(node).get("ray") is None, "it never left")
    wait_until(lambda: record(node).get("ray") is not None, "it never came back")
    after = record(node)
    assert after["ray"]["cluster"] == before["ray"]["cluster"]
    assert after["address"] == before["address"]
    assert told(head, "jupyter", f"python3 {SAMPLE}")["nodes"] == dict.fromkeys(nodes, True)


def test_destroy_leaves_no_trace(tool: Tool, created: Finished) -> None:
    assert created.code == 0, created.told
    destroyed = tool.run("Destroy", SETTINGS)
    assert destroyed.code == 0, destroyed.told
    assert destroyed.result["leftovers"] == []
    assert tool.traces() == []


def run(node: Container, user: str, command: str) -> str:
    """What a command says that `user` runs over ssh, which reads /etc/environment."""
    shell = ["bash", "-c", f"set -a; . /etc/environment; {command}"]
    output = node.exec_run(shell, user=user).output
    assert isinstance(output, bytes)
    return output.decode().strip()


def told(node: Container, user: str, command: str) -> dict[str, Any]:
    """The line of JSON that the sample prints."""
    output = run(node, user, command)
    line = next((line for line in output.splitlines() if line.startswith("{")), None)
    assert line, output
    result: dict[str, Any] = json.loads(line)
    return result


def record(node: Container) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(read(node, "/var/lib/cluster/record.json") or "{}")
    return result


def wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.5)
