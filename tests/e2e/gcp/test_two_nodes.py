"""The main job: two nodes boot, work and are reached, and Destroy leaves no trace of them."""

from __future__ import annotations

import json
import re
import ssl
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.rehearsal.engine_cloud import FOLDER
from embedded_cloud.engine import names
from embedded_cloud.engine.files import read

if TYPE_CHECKING:
    from docker.models.containers import Container

    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

AGENT_SECONDS = 60
SETTINGS = {
    "PROJECT_ID": "e2e-project-1",
    "NAME_PREFIX": "pair",
    "ZONE": "us-central1-a",
    "INSTANCE_COUNT": "2",
    "VM_TYPE": "n1-standard-8",
    "ACCELERATOR_TYPE": "nvidia-tesla-t4",
    "GPU_COUNT": "1",
    "IMAGE_FAMILY_NAME": "pytorch-latest-gpu",
    "IMAGE_PROJECT": "deeplearning-platform-release",
    "GCS_MOUNT_LIST": "training-data:/mnt/data",
    "NFS_FILESHARE_LIST": "/mnt/share:BASIC_HDD:1024",
    "VM_LOCALFILE_DEST_PATH": "/opt/job",
    "STARTUP_COMMAND": "cat /opt/job/deep/er/train.txt > /opt/job/proof; hostname >> /opt/job/proof; nvidia-smi -L",
    "WAIT_FOR_STARTUP_COMMAND": "yes",
}


@pytest.fixture(scope="module")
def created(tool: Tool) -> Finished:
    copied = Path(next(iter(tool.mounts)))
    (copied / "deep/er").mkdir(parents=True)
    (copied / "deep/er/train.txt").write_text("nested\n")
    (copied / "train.txt").write_text("top\n")
    return tool.run("Create", SETTINGS)


@pytest.fixture(scope="module")
def nodes(tool: Tool, created: Finished) -> list[Container]:
    """The machines that Create has made, both of them."""
    assert created.code == 0, created.told
    found = tool.nodes()
    assert len(found) == 2
    return found


def test_create_ends_with_two_nodes_that_are_ready(created: Finished) -> None:
    assert created.code == 0, created.told
    assert [node["status"] for node in created.result["nodes"]] == ["ready", "ready"]


def test_each_notebook_answers_at_its_printed_address(tool: Tool, created: Finished) -> None:
    cloud = tool.engine.containers.get(names.CLOUD)
    port = cloud.attrs["NetworkSettings"]["Ports"][f"{names.DOOR_PORT}/tcp"][0]["HostPort"]
    trusted = ssl.create_default_context(cadata=read(cloud, f"{FOLDER}/ca.pem"))
    through_the_door = urllib.request.build_opener(
        urllib.request.ProxyHandler({"https": f"http://127.0.0.1:{port}"}), urllib.request.HTTPSHandler(context=trusted)
    )
    addresses = [node["jupyter"] for node in created.result["nodes"]]
    assert len(set(addresses)) == 2
    for address in addresses:
        with through_the_door.open(f"{address.rstrip('/')}/api", timeout=10) as answer:
            assert b"version" in answer.read()


def test_a_browser_on_this_machine_opens_each_notebook(created: Finished) -> None:
    loopback = re.findall(r"(\S+-vm-\w+): .*(http://127\.0\.0\.1:\d+)", created.told)
    assert {name for name, _ in loopback} == {node["name"] for node in created.result["nodes"]}
    for _, address in loopback:
        with urllib.request.urlopen(f"{address}/api", timeout=10) as answer:  # noqa: S310
            assert b"version" in answer.read()


def test_status_finds_the_same_nodes_and_notebooks_again(tool: Tool, created: Finished) -> None:
    told = tool.run("Status", SETTINGS)
    assert told.code == 0, told.told
    assert told.lasting_nodes == created.lasting_nodes


def test_files_arrive_with_their_folders_before_the_command_runs(nodes: list[Container]) -> None:
    for node in nodes:
        assert read(node, "/opt/job/proof") == f"nested\n{node.labels[names.LABEL_INSTANCE]}\n"
        assert read(node, "/opt/job/train.txt") == "top\n"


def test_the_bucket_is_mounted_at_every_start(nodes: list[Container]) -> None:
    for node in nodes:
        assert re.search(r"^training-data /mnt/data gcsfuse ", read(node, "/etc/fstab"), re.MULTILINE)
        assert says(node, "findmnt --noheadings --output SOURCE --mountpoint /mnt/data") == "training-data"


def test_the_share_is_mounted_at_every_start_and_open_to_everybody(nodes: list[Container]) -> None:
    for node in nodes:
        (line,) = re.findall(r"^\S+ /mnt/share nfs .*$", read(node, "/etc/fstab"), re.MULTILINE)
        source = line.split()[0]
        assert line == f"{source} /mnt/share nfs hard,timeo=600,retrans=3,_netdev 0 0"
        assert source.endswith(":/nfsshare")
        assert says(node, "findmnt --noheadings --output SOURCE --mountpoint /mnt/share") == source
        assert says(node, "stat --format %a /mnt/share") == "1777"
        (call,) = [c for c in recorded(node) if c["command"] == "mount.nfs"]
        assert call["arguments"][:2] == [source, "/mnt/share"]
        assert "hard" in call["arguments"][-1]
        record = json.loads(read(node, "/var/lib/cluster/record.json"))
        mounts = {m["path"]: m["status"] for step in record["steps"] for m in step.get("mounts", ())}
        assert mounts == {"/mnt/data": "ok", "/mnt/share": "ok"}


def test_the_ops_agent_and_dcgm_are_installed_beside_the_command(nodes: list[Container]) -> None:
    for node in nodes:
        step = agent_of(node)
        assert (step["status"], step["optional"]) == ("ok", True), step
        listed = read(node, "/etc/apt/sources.list.d/google-cloud-ops-agent.list")
        assert listed.endswith("https://packages.cloud.google.com/apt google-cloud-ops-agent-bookworm-2 main\n")
        config = read(node, "/etc/google-cloud-ops-agent/config.yaml")
        assert config.count("collection_interval: 10s") == 2
        assert "type: dcgm" in config
        installed = [c["arguments"][-1] for c in recorded(node) if "install" in c["arguments"]]
        assert installed == ["google-cloud-ops-agent", "/var/lib/cluster/cuda-keyring.deb", "datacenter-gpu-manager"]
        assert says(node, "systemctl is-active google-cloud-ops-agent nvidia-dcgm").split() == ["active", "active"]


def test_what_could_not_run_here_is_named(created: Finished) -> None:
    for node in created.result["nodes"]:
        (line,) = re.findall(f"{node['name']}: recorded, not run: (.*);", created.told)
        # The ops agent goes on beside the command, and after this run.
        assert set(re.sub(r" \(\d+ times\)", "", line).split(", ")) - {"apt-get"} == {
            "mount.gcsfuse",
            "mount.nfs",
        }
        assert "nvidia-smi -L" not in created.told


def test_a_node_reaches_nothing_but_the_embedded_cloud(tool: Tool, nodes: list[Container]) -> None:
    node = nodes[0]
    assert node.exec_run("getent hosts example.com").exit_code == 2
    assert node.exec_run("curl --silent --max-time 5 http://192.0.2.1/").exit_code == 7
    network = tool.engine.networks.get(names.CLUSTER_NETWORK)
    gateway = network.attrs["IPAM"]["Config"][0]["Gateway"]  # the engine's machine itself
    assert "unreachable" in says(node, f"ping -c 1 -W 2 {gateway}")
    assert says(node, "ip -6 address show scope link") == ""
    metadata = (
        "curl --silent -H Metadata-Flavor:Google http://metadata.google.internal/computeMetadata/v1/instance/name"
    )
    assert says(node, metadata) == node.labels[names.LABEL_INSTANCE]


def test_a_plan_afterwards_changes_nothing(tool: Tool, created: Finished) -> None:
    assert created.code == 0, created.told
    planned = tool.run("Plan", SETTINGS)
    assert planned.code == 0, planned.told
    assert {"add": 0, "change": 0, "destroy": 0}.items() <= planned.result["changes"].items()


def test_destroy_leaves_no_trace(tool: Tool, created: Finished) -> None:
    assert created.code == 0, created.told
    destroyed = tool.run("Destroy", SETTINGS)
    assert destroyed.code == 0, destroyed.told
    assert destroyed.result["leftovers"] == []
    assert tool.traces() == []


def says(node: Container, command: str) -> str:
    output = node.exec_run(command).output
    assert isinstance(output, bytes)
    return output.decode().strip()


def recorded(node: Container) -> list[dict[str, Any]]:
    """The calls that the node recorded in place of running them."""
    return [json.loads(line) for line in read(node, names.RECORDED_FILE).splitlines()]


def agent_of(node: Container) -> dict[str, Any]:
    """The agent's step in the node's record, once it is through."""
    deadline = time.monotonic() + AGENT_SECONDS
    while True:
        steps = json.loads(read(node, "/var/lib/cluster/record.json"))["steps"]
        found: dict[str, Any] = next(step for step in steps if step["name"] == "agent")
        if found["status"] != "running" or time.monotonic() > deadline:
            return found
        time.sleep(0.1)
