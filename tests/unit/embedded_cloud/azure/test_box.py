"""What a machine of Azure's finds when it boots: its custom data, and what Azure's agent would tell it besides."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from embedded_cloud.azure.machines.box import MACHINE_FILE, SEED, box_of, domain_of
from embedded_cloud.azure.machines.images import NODE_IMAGE, RAY_IMAGE, SLURM_IMAGE, SLURM_INSTALLED_IMAGE
from embedded_cloud.machines.base import Instance

if TYPE_CHECKING:
    from embedded_cloud.machines.box import Box

RAW = b"\x1f\x8bnot text at all"
SET = "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Compute/virtualMachineScaleSets/train"


def machine(custom: bytes = RAW, network: str = "/v", **properties: Any) -> Instance:
    keys = [{"path": "/home/ops/.ssh/authorized_keys", "keyData": "ssh-ed25519 AAAA me\n"}]
    system = {"adminUsername": "ops", "customData": base64.b64encode(custom).decode()}
    system["linuxConfiguration"] = {"ssh": {"publicKeys": keys}}  # type: ignore[assignment]
    given = {"osProfile": system, "hardwareProfile": {"vmSize": "Standard_ND96isr_H200_v5"}, "network": network}
    return Instance("s1", "eastus", "vm-000000", "0a1b2c3d-4e5f", "b", {**given, **properties}, SET)


def text(box: Box, path: str) -> str:
    found = box.files[path]
    assert isinstance(found, str)
    return found


def test_cloud_init_gets_the_custom_data_byte_for_byte() -> None:
    assert box_of(machine(), {}).files[f"{SEED}/user-data"] == RAW


def test_the_admin_user_and_his_key_come_as_from_azures_agent() -> None:
    told = yaml.safe_load(text(box_of(machine(), {}), "/etc/cloud/cloud.cfg.d/90-azure-agent.cfg"))
    assert told["system_info"]["default_user"]["name"] == "ops"
    assert told["ssh_authorized_keys"] == ["ssh-ed25519 AAAA me"]
    assert told["ssh_pwauth"] is False
    assert yaml.safe_load(text(box_of(machine(), {}), f"{SEED}/meta-data"))["local-hostname"] == "vm-000000"


def test_machines_of_the_same_name_in_two_networks_are_apart() -> None:
    one, other = machine(), machine(network="/w")
    assert domain_of(one) != domain_of(other)
    assert box_of(one, {}).aliases == ()
    assert box_of(one, {}).search == (domain_of(one),)
    assert "0a1b2c3d" in box_of(one, {}).name


def test_what_is_made_up_is_of_the_size_and_sick_where_a_condition_says_so() -> None:
    told = json.loads(text(box_of(machine(), {"sick_gpus": [3]}), MACHINE_FILE))
    assert (told["gpus"], told["nvme_disks"], told["accelerator"]) == (8, 8, "NVIDIA H200")
    assert told["sick_gpus"] == [3]


def test_a_condition_leaves_a_machine_without_sshd() -> None:
    (name,) = set(box_of(machine(), {"ssh": False}).files) - set(box_of(machine(), {}).files)
    assert name.startswith("/etc/systemd/system/ssh.service.d/")


def test_the_image_is_the_one_for_what_the_configuration_asks_for() -> None:
    config = {"path": "/etc/cluster/config.json", "content": json.dumps({"ray": {"port": 6379}})}
    with_ray = f"#cloud-config\n{json.dumps({'write_files': [config]})}".encode()
    assert box_of(machine(with_ray), {}).image == RAY_IMAGE
    assert box_of(machine(), {}).image == NODE_IMAGE


@pytest.mark.parametrize(
    ("reference", "image"),
    [
        ({"publisher": "Debian", "offer": "debian-12", "sku": "12-gen2", "version": "latest"}, SLURM_IMAGE),
        ({"id": f"{SET.rpartition('/')[0]}/images/mine"}, SLURM_INSTALLED_IMAGE),
    ],
)
def test_an_image_of_the_users_own_has_slurms_packages(reference: dict[str, str], image: str) -> None:
    config = {"path": "/etc/cluster/config.json", "content": json.dumps({"slurm": {"part": "node"}})}
    custom = f"#cloud-config\n{json.dumps({'write_files': [config]})}".encode()
    assert box_of(machine(custom, storageProfile={"imageReference": reference}), {}).image == image
