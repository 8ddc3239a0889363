"""Docker on an Azure node: its data on the NVMe disks, and who may use it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.node.azure.block import reboot, with_disks
from tests.unit.node.conftest import SYSTEMCTL

if TYPE_CHECKING:
    from tests.unit.node.azure.kit import AzureMachine

NVIDIA = {"runtimes": {"nvidia": {"args": [], "path": "nvidia-container-runtime"}}}
ACTIVE = "[[ $1 != is-active ]] || [[ ! -e $NODE_ROOT/docker-stopped ]] || exit 3\n"


@pytest.fixture(autouse=True)
def docker(node: AzureMachine) -> None:
    """An image that brings Docker, and a user with a home."""
    node.configure(docker=True)
    node.only("disks", "docker")
    node.command("dockerd")
    node.command("docker", "echo Docker 28.0.1 keeps its data at /var/lib/docker")
    node.command("systemctl", ACTIVE + SYSTEMCTL)
    node.command("getent", "[[ ! -e $NODE_ROOT/no-group ]]")
    node.command("id", "[[ $1 != gone ]]")
    for name in ("usermod", "groupadd"):
        node.command(name)
    node.home("azureuser")
    (node.root / "etc/docker").mkdir()
    (node.root / "etc/docker/daemon.json").write_text(json.dumps(NVIDIA))


def config(node: AzureMachine) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(node.text("/etc/docker/daemon.json"))
    return loaded


def restarts(node: AzureMachine) -> list[str]:
    return node.calls("systemctl restart docker.service")


def test_dockers_data_is_on_the_disks_and_nvidias_runtime_stays(node: AzureMachine) -> None:
    with_disks(node, 8)

    node.start()

    assert node.step("docker")["status"] == "ok"
    assert config(node) == {**NVIDIA, "data-root": "/mnt/resource_nvme/docker"}
    assert len(restarts(node)) == 1


def test_docker_starts_after_the_disks_at_the_next_boot(node: AzureMachine) -> None:
    with_disks(node, 8)

    node.start()

    unit = node.text("/etc/systemd/system/docker.service.d/cluster-disks.conf")
    assert unit == "[Unit]\nAfter=cluster-disks.service\nAssertPathIsMountPoint=/mnt/resource_nvme\n"


def test_a_reboot_restarts_nothing(node: AzureMachine) -> None:
    with_disks(node, 8)
    node.start()
    reboot(node)

    node.start()

    assert node.step("docker")["status"] == "ok"
    assert restarts(node) == []


def test_a_docker_that_is_not_running_is_started(node: AzureMachine) -> None:
    (node.root / "docker-stopped").touch()

    node.start()

    assert len(restarts(node)) == 1


def test_dockers_configuration_is_unchanged_without_disks(node: AzureMachine) -> None:
    before = node.text("/etc/docker/daemon.json")

    node.start()

    assert node.text("/etc/docker/daemon.json") == before
    assert restarts(node) == []
    assert not (node.root / "etc/systemd/system/docker.service.d/cluster-disks.conf").exists()


def test_dockers_data_folder_is_the_default_again_without_disks(node: AzureMachine) -> None:
    with_disks(node, 8)
    node.start()
    reboot(node)
    (node.root / "models").write_text("")

    node.start()

    assert config(node) == NVIDIA
    assert len(restarts(node)) == 1
    assert not (node.root / "etc/systemd/system/docker.service.d/cluster-disks.conf").exists()


def test_another_place_that_somebody_has_chosen_stays(node: AzureMachine) -> None:
    with_disks(node, 8)
    (node.root / "etc/docker/daemon.json").write_text('{"data-root": "/data"}')

    node.start()

    assert config(node) == {"data-root": "/data"}
    assert not (node.root / "etc/systemd/system/docker.service.d/cluster-disks.conf").exists()


def test_a_configuration_that_is_no_json_fails_the_node_by_name(node: AzureMachine) -> None:
    (node.root / "etc/docker/daemon.json").write_text("{not json")

    node.start()

    assert (node.record()["status"], node.record()["step"]) == ("failed", "docker")
    assert "daemon.json is not JSON" in node.step("docker")["tail"]


def test_every_user_with_a_home_may_use_docker(node: AzureMachine) -> None:
    node.home("second")
    node.home("gone")

    node.start()

    assert node.calls("usermod") == [
        "usermod --append --groups docker azureuser",
        "usermod --append --groups docker second",
    ]


def test_dockers_group_is_made_if_the_image_has_none(node: AzureMachine) -> None:
    (node.root / "no-group").touch()

    node.start()

    assert node.calls("groupadd") == ["groupadd --system docker"]


def test_a_docker_that_does_not_answer_fails_the_node(node: AzureMachine) -> None:
    node.command("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")

    node.start()

    assert node.record()["step"] == "docker"
    assert "Cannot connect to the Docker daemon" in node.step("docker")["tail"]
