"""The optional tools, GPU persistence, and where the machine stands."""

from __future__ import annotations

import os
import struct
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.node_files import NODE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.azure.kit import AzureMachine, FakeAzure


def told(record: dict[str, Any], name: str) -> str:
    """A step's status; empty before it began."""
    return next((str(step["status"]) for step in record["steps"] if step["name"] == name), "")


def test_missing_tools_are_installed_beside_the_command(node: AzureMachine, azure: FakeAzure) -> None:
    node.only("packages")
    node.command("dpkg-query", "[[ $* != *tmux* && $* != *ncdu* ]] && echo installed")

    node.start()

    assert azure.record_when(lambda r: told(r, "packages") == "ok")["status"] == "ready"
    assert "apt-get -o DPkg::Lock::Timeout=300 -q -y install --no-install-recommends ncdu tmux" in node.calls("apt-get")


def test_tools_that_cannot_be_had_fail_no_node(node: AzureMachine, azure: FakeAzure) -> None:
    node.only("packages")
    node.command("dpkg-query", "exit 1")
    node.command("apt-get", "echo 'E: Unable to locate package'; exit 100")

    done = node.start()

    assert done.returncode == 0
    record = azure.record_when(lambda r: told(r, "packages") == "failed")
    assert record["status"] == "ready"
    assert "Unable to locate package" in node.step("packages")["tail"]


def test_the_driver_is_kept_loaded_by_a_unit(node: AzureMachine) -> None:
    node.configure(gpus=8)
    node.command("nvidia-smi")

    assert node.unit("gpus").returncode == 0
    assert node.calls("nvidia-smi") == ["nvidia-smi --persistence-mode=1"]


def test_the_driver_is_not_asked_on_a_machine_without_gpus(node: AzureMachine) -> None:
    node.command("nvidia-smi", "exit 9")

    assert node.unit("gpus").returncode == 0
    assert node.calls("nvidia-smi") == []


def test_a_machine_of_an_unknown_size_counts_its_own_gpus(node: AzureMachine) -> None:
    node.configure(gpus=None)
    node.command("nvidia-smi", '[ "$1" != -L ] || echo "GPU 0: NVIDIA A100 (UUID: GPU-1)"')
    assert node.unit("gpus").returncode == 0
    assert node.calls("nvidia-smi") == ["nvidia-smi -L", "nvidia-smi --persistence-mode=1"]


def test_the_unit_ends_well_on_an_unknown_size_without_gpus(node: AzureMachine) -> None:
    node.configure(gpus=None)
    node.command("nvidia-smi", "echo 'No devices were found'; exit 6")
    assert node.unit("gpus").returncode == 0
    assert node.calls("nvidia-smi") == ["nvidia-smi -L"]


def test_steps_know_how_many_gpus_the_machine_itself_shows(node: AzureMachine) -> None:
    node.configure(gpus=None)
    node.command("nvidia-smi", "printf 'GPU 0: A (UUID: 1)\\nGPU 1: A (UUID: 2)\\n'")
    node.only()
    node.start()
    without_main = f"source <(sed '$d' {node.script}); plan_read; echo \"$GPUS\""
    assert node.run("-c", without_main).stdout.split()[-1] == "2"


@pytest.mark.parametrize(("options", "mode"), [(["-i"], "on"), ([], "off")])
def test_interactive_shells_are_in_vi_mode_as_on_the_old_scripts_nodes(options: list[str], mode: str) -> None:
    ask = f". {NODE / 'azure/profile.sh'}; set -o"
    told = subprocess.run(["bash", "--norc", *options, "-c", ask], check=True, capture_output=True, text=True).stdout
    assert dict(line.split() for line in told.splitlines())["vi"] == mode


def pool(*pairs: tuple[str, str]) -> bytes:
    return b"".join(struct.pack("512s2048s", key.encode(), value.encode()) for key, value in pairs)


def node_info(folder: Path, kvp: bytes | None) -> list[str]:
    """The log after one more start of the machine; its commands are recorded ones."""
    commands = folder / "bin"
    commands.mkdir(exist_ok=True)
    for name, text in (("hostname", "echo vm-000000"), ("ip", "echo '2: eth0    inet 10.0.0.4/24 brd 10.0.0.255'")):
        (commands / name).write_text(f"#!/bin/sh\n{text}\n")
        (commands / name).chmod(0o755)
    if kvp is not None:
        (folder / "pool").write_bytes(kvp)
    places = {"KVP_POOL": str(folder / "pool"), "NODE_INFO_LOG": str(folder / "log")}
    environment = {"PATH": f"{commands}:{os.environ['PATH']}", **places}
    subprocess.run(["bash", str(NODE / "azure/opt/node-info.sh")], env=environment, check=True, capture_output=True)
    return (folder / "log").read_text().splitlines()


def test_a_line_tells_the_physical_host(tmp_path: Path) -> None:
    kvp = pool(("HostName", "other"), ("PhysicalHostName", "BN4PRD"), ("PhysicalHostNameFullyQualified", "BN4PRD.x"))

    assert node_info(tmp_path, kvp) == ["vm-000000 10.0.0.4 BN4PRD"]


def test_a_start_on_the_same_host_adds_no_line_and_one_on_another_does(tmp_path: Path) -> None:
    first = pool(("PhysicalHostName", "BN4PRD"))
    node_info(tmp_path, first)

    assert len(node_info(tmp_path, first)) == 1
    assert node_info(tmp_path, pool(("PhysicalHostName", "BN5PRD"))) == [
        "vm-000000 10.0.0.4 BN4PRD",
        "vm-000000 10.0.0.4 BN5PRD",
    ]


def test_a_host_that_is_not_told_is_unknown(tmp_path: Path) -> None:
    assert node_info(tmp_path, None) == ["vm-000000 10.0.0.4 unknown"]
