"""An Azure node by itself: cloud-init takes its custom data, and its units do their work at every start."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.node_files import CONFIG_FILE, NODE
from cluster_provision.targets.azure.custom_data import bare, custom_data
from cluster_provision.targets.azure.node_config import NodeConfig
from embedded_cloud.azure.machines.kvp import pool
from embedded_cloud.engine.files import archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker.models.containers import Container

pytestmark = pytest.mark.engine

CONFIG = NodeConfig("acct", "state", "d", "azureuser", "Standard_ND96isr_H200_v5", gpus=8, nvme_disks=8)
Merge = Callable[[str], dict[str, Any]]
UNITS = ("cluster-bootstrap", "cluster-disks", "cluster-gpus", "cluster-node-info")
MERGED = Path(__file__).with_name("merged.py")
BOOT_SECONDS = 120
# Nothing answers as metadata service here: the bootstrap's own way is tested where there is a cloud.
SEEN = "mountpoint -q /mnt/resource_nvme && touch /var/lib/saw-the-disks"
USER = f"#cloud-config\nruncmd:\n- {SEEN}\nwrite_files:\n- path: /etc/users-own\n  content: Grüße\n"


@pytest.fixture(scope="module")
def node(azure_image: str) -> Iterator[Container]:
    """A machine with eight NVMe disks and GPUs (made up), at its first start, once cloud-init is through."""
    import docker

    engine = docker.from_env()
    box = engine.containers.create(
        azure_image,
        hostname="vm-000000",
        cgroupns="private",
        tmpfs={"/run": "exec,mode=755", "/run/lock": ""},
        cap_add=["ALL"],
        cap_drop=["SYS_RESOURCE"],
        security_opt=["seccomp=unconfined", "apparmor=unconfined"],
    )
    try:
        seed = "/var/lib/cloud/seed/nocloud"
        files = {
            f"{seed}/user-data": base64.b64decode(custom_data(CONFIG, USER)),
            f"{seed}/meta-data": "instance-id: one\nlocal-hostname: vm-000000\n",
            "/var/lib/hyperv/.kvp_pool_3": pool({"PhysicalHostName": "BN4PRD"}),
            "/etc/rehearsal/machine.json": json.dumps({"gpus": 8, "accelerator": "NVIDIA H200", "nvme_disks": 8}),
        }
        box.put_archive("/", archive(files))
        box.start()
        wait_for_boot(box)
        yield box
    finally:
        box.remove(force=True, v=True)
        engine.close()


def said(box: Container, command: str) -> str:
    """What a shell on the node prints, whatever its status."""
    return str(box.exec_run(["bash", "-c", command]).output.decode())


def wait_for_boot(box: Container) -> None:
    deadline = time.monotonic() + BOOT_SECONDS
    while "done" not in (told := said(box, "cloud-init status")) and "error" not in told:
        assert time.monotonic() < deadline, said(box, "cloud-init status --long; journalctl -b -n 60 --no-pager")
        time.sleep(0.5)


def recorded(box: Container) -> list[str]:
    lines = said(box, "cat /var/log/cluster/recorded.jsonl").splitlines()
    return [f"{each['command']} {' '.join(each['arguments'])}" for each in map(json.loads, lines)]


@pytest.fixture
def merged(images: tuple[str, str], azure_image: str) -> Merge:
    """The cloud-config and the scripts that real cloud-init makes of the tool's parts and the user's."""
    run = [images[0], "run", "--rm", "-i", "--entrypoint", "python3", azure_image, "-c", MERGED.read_text()]

    def found(user: str) -> dict[str, Any]:
        done = subprocess.run(run, input=custom_data(CONFIG, user), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        result: dict[str, Any] = json.loads(done.stdout)
        return result

    return found


def paths(config: dict[str, Any]) -> list[str]:
    return [each["path"] for each in config["write_files"]]


def test_lists_have_the_tools_first_and_then_the_users(merged: Merge) -> None:
    user = "#cloud-config\nwrite_files:\n- {path: /x, content: Grüße}\nruncmd:\n- [one]\npackages: [jq]\n"

    config = merged(user)["config"]

    assert paths(config)[0] == CONFIG_FILE
    assert paths(config)[-1] == "/x"
    assert config["write_files"][-1]["content"] == "Grüße"
    assert (config["runcmd"], config["packages"]) == ([["one"]], ["jq"])


def test_the_users_word_on_anything_else_holds(merged: Merge) -> None:
    config = merged("#cloud-config\nlocale: de_DE.UTF-8\npackage_update: true\n")["config"]

    assert (config["locale"], config["package_update"]) == ("de_DE.UTF-8", True)


def test_no_merge_how_of_the_users_can_lose_what_the_tool_needs(merged: Merge) -> None:
    user = "#cloud-config\nmerge_how: dict(replace)+list()+str()\nwrite_files:\n- {path: /x, content: y}\n"

    config = merged(user)["config"]

    assert paths(config)[0] == CONFIG_FILE
    assert paths(config)[-1] == "/x"


def test_a_script_of_the_users_runs_after_the_tools(merged: Merge) -> None:
    found = merged("#!/bin/sh\necho Grüße\n")

    assert list(found["scripts"]) == ["000-cluster", "user-cloud-init"]
    assert found["scripts"]["user-cloud-init"] == "#!/bin/sh\necho Grüße\n"
    assert paths(found["config"])[0] == CONFIG_FILE


def test_cloud_init_leaves_the_tools_files_and_the_users(node: Container) -> None:
    assert said(node, "cloud-init status").strip() == "status: done"
    assert said(node, f"stat --format '%a %U' {CONFIG_FILE}").strip() == "600 root"
    assert said(node, f"cat {CONFIG_FILE}") == CONFIG.to_json(cloud_init=True)
    assert said(node, "cat /etc/users-own") == "Grüße"
    assert said(node, "cat /opt/node-info.sh") == bare((NODE / "azure/opt/node-info.sh").read_text())


def test_the_disks_are_there_before_the_users_commands(node: Container) -> None:
    assert said(node, "ls /var/lib/saw-the-disks").strip() == "/var/lib/saw-the-disks"
    assert said(node, "stat --format %a /mnt/resource_nvme /mnt/resource_nvme/hf_cache").split() == ["1777", "1777"]


def test_the_units_run_at_every_start(node: Container) -> None:
    assert said(node, f"systemctl is-enabled {' '.join(UNITS)}").split() == ["enabled"] * len(UNITS)
    assert said(node, "systemctl is-active cluster-disks cluster-gpus cluster-node-info").split() == ["active"] * 3
    assert "Enabled persistence mode for GPU" in said(node, "journalctl -u cluster-gpus -o cat")
    line = said(node, "cat /var/log/node-info.log").split()
    assert (line[0], line[2]) == ("vm-000000", "BN4PRD")


def test_a_restart_assembles_the_disks_and_makes_nothing_anew(node: Container) -> None:
    before = recorded(node)
    assert [each.split()[:2] for each in before if "mdadm" in each] == [["mdadm", "--create"]]

    node.restart(timeout=20)
    wait_for_boot(node)

    since = recorded(node)[len(before) :]
    assert [each.split()[:2] for each in since if "mdadm" in each] == [["mdadm", "--assemble"]]
    assert not [each for each in since if each.startswith(("mkfs", "wipefs"))]
    assert said(node, "mountpoint -q /mnt/resource_nvme; echo $?").strip() == "0"
    assert len(said(node, "grep resource_nvme /etc/fstab").splitlines()) == 1
    assert len(said(node, "cat /var/log/node-info.log").splitlines()) == 1
