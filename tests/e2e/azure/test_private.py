"""Small machines of a Flexible scale set without a public address: the user's files, CLOUD_INIT and command on each."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.engine import names
from embedded_cloud.engine.files import read

if TYPE_CHECKING:
    from docker.models.containers import Container

    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

CLOUD_INIT = "#cloud-config\nruncmd:\n  - [sh, -c, 'echo mine > /var/lib/users-own']\n"
SETTINGS = {
    "CLOUD": "azure",
    "SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000000",
    "LOCATION": "westeurope",
    "NAME_PREFIX": "small",
    "SKU": "Standard_D4s_v5",
    "INSTANCE_COUNT": "2",
    "ADMIN": "ops",
    "SSH_PATH": "/keys/id_ed25519.pub",
    "CLOUD_INIT": "/keys/user.yaml",
    "VM_LOCALFILE_DEST_PATH": "/opt/job",
    "STARTUP_COMMAND": "cat /opt/job/train.txt /var/lib/users-own > /var/lib/proof",
    "WAIT_FOR_STARTUP_COMMAND": "yes",
}


@pytest.fixture(scope="module")
def azure(tool: Tool, azure_image: str, tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """The tool, with the user's key, CLOUD_INIT and files mounted."""
    keys = tmp_path_factory.mktemp("keys")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / "id_ed25519")], check=True)
    (keys / "user.yaml").write_text(CLOUD_INIT)
    (Path(next(iter(tool.mounts))) / "train.txt").write_text("given\n")
    return replace(tool, mounts={**tool.mounts, str(keys): "/keys"})


@pytest.fixture(scope="module")
def created(azure: Tool) -> Finished:
    return azure.run("Create", SETTINGS)


@pytest.fixture
def nodes(azure: Tool, created: Finished) -> list[Container]:
    assert created.code == 0, created.told
    found = azure.nodes()
    assert len(found) >= 2  # one more, once it has joined
    return found


def test_machines_come_and_have_no_public_address(created: Finished) -> None:
    assert created.code == 0, created.told
    assert [node["status"] for node in created.result["nodes"]] == ["ready", "ready"]
    assert created.result["connection"]["access"] == "private"


def test_the_command_finds_the_users_files_and_what_cloud_init_left(nodes: list[Container]) -> None:
    assert [read(node, "/var/lib/proof") for node in nodes] == ["given\nmine\n"] * 2


def test_a_size_without_gpus_or_disks_has_nothing_to_check_and_nothing_to_mount(nodes: list[Container]) -> None:
    for node in nodes:
        record: dict[str, Any] = json.loads(read(node, "/var/lib/cluster/record.json"))
        assert {s["name"]: s["status"] for s in record["steps"]}["disks"] == "skipped"
        assert {each["status"] for each in record["health"].get("checks", ())} <= {"skipped"}
        assert node.exec_run("nvidia-smi -L").exit_code == 6


def test_run_reaches_them_from_within_their_network(azure: Tool, nodes: list[Container]) -> None:
    ran = azure.run("Run", SETTINGS, "hostname; id -un")
    assert ran.code == 0, ran.told
    hosts = [node.labels[names.LABEL_INSTANCE] for node in nodes]
    assert sorted(host["stdout"] for host in ran.result["hosts"]) == sorted(f"{name}\nops\n" for name in hosts)


def test_a_third_machine_joins_and_gets_the_heads_key(azure: Tool, nodes: list[Container]) -> None:
    grown = azure.run("Create", {**SETTINGS, "INSTANCE_COUNT": "3"})
    assert grown.code == 0, grown.told
    head, *others = [node["name"] for node in grown.result["nodes"]]
    assert len(others) == 2
    boxes = {box.labels[names.LABEL_INSTANCE]: box for box in azure.nodes()}
    for other in others:
        ran = boxes[head].exec_run(["ssh", "-o", "BatchMode=yes", other, "hostname"], user="ops")
        assert ran.output.decode().strip() == other
    assert nodes


def test_destroy_leaves_no_trace(azure: Tool, created: Finished) -> None:
    assert created.code == 0, created.told
    destroyed = azure.run("Destroy", SETTINGS)
    assert destroyed.code == 0, destroyed.told
    assert destroyed.result["leftovers"] == []
    assert azure.traces() == []
