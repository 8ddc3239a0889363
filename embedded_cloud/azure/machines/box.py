"""The container of an Azure virtual machine, with its custom data and what Azure's agent would add to it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import yaml

from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.compute.sizes import size
from embedded_cloud.azure.machines.custom_data import config_of
from embedded_cloud.azure.machines.images import NODE_IMAGE, RAY_IMAGE, SLURM_IMAGE, SLURM_INSTALLED_IMAGE
from embedded_cloud.azure.machines.kvp import physical_host, pool
from embedded_cloud.azure.machines.metadata_tree import ADMIN
from embedded_cloud.engine import names
from embedded_cloud.machines.box import Box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.machines.base import Instance

SEED = "/var/lib/cloud/seed/nocloud"
MACHINE_FILE = "/etc/rehearsal/machine.json"
GPU_NAMES = {
    "GB300": "NVIDIA GB300",
    "GB200": "NVIDIA GB200",
    "H200": "NVIDIA H200",
    "H100": "NVIDIA H100 80GB HBM3",
    "A100": "NVIDIA A100-SXM4-80GB",
    "A10": "NVIDIA A10",
}
SHARED = "/var/lib/rehearsal/shared"  # where the image's NFS keeps what servers export
OFF = "[Unit]\nConditionPathExists=/nowhere\n"


def box_of(instance: Instance, condition: Mapping[str, Any]) -> Box:
    """The container's shape. Computer names are unique in one network only, so the container has another name, and
    the name server finds it by its computer name.
    """
    custom = instance.properties["osProfile"].get("customData") or ""
    domain = domain_of(instance)
    single = not instance.group_key
    config = config_of(custom) or {}
    ray, slurm = config.get("ray"), config.get("slurm")
    return Box(
        image=_slurm_image(instance) if slurm else RAY_IMAGE if ray else NODE_IMAGE,
        name=names.node_container(f"{instance.name}-{instance.id[:8]}".lower()),
        domain=domain,
        search=(domain,),
        volumes={names.SHARED_VOLUME: SHARED} if slurm else {},
        disks={names.disks_volume(instance.properties["resource"]): f"{names.DISKS_FOLDER}/.all"} if single else {},
        files={
            f"{SEED}/user-data": base64.b64decode(custom),
            f"{SEED}/meta-data": yaml.safe_dump({"instance-id": instance.id, "local-hostname": instance.name}),
            "/etc/cloud/cloud.cfg.d/90-azure-agent.cfg": yaml.safe_dump(_agents_part(instance)),
            "/var/lib/hyperv/.kvp_pool_3": pool({"PhysicalHostName": physical_host(instance.id)}),
            MACHINE_FILE: json.dumps(_hardware(instance) | {"sick_gpus": list(condition.get("sick_gpus") or ())}),
            **({"/etc/systemd/system/ssh.service.d/off.conf": OFF} if condition.get("ssh") is False else {}),
        },
    )


def _slurm_image(instance: Instance) -> str:
    """An image of the user's own, which has a resource id, has Slurm's packages, and those of the marketplace have
    not."""
    its_own = read(instance.properties, "storageProfile.imageReference.id")
    return SLURM_INSTALLED_IMAGE if its_own else SLURM_IMAGE


def domain_of(instance: Instance) -> str:
    """The domain of a machine's network; every network has its own, with a meaningless first part."""
    network = str(instance.properties.get("network") or "").lower()
    return f"{names.digest(network)}.bx.internal.cloudapp.net"


def _agents_part(instance: Instance) -> dict[str, Any]:
    """What cloud-init gets from Azure beside the custom data: the admin user, and the public keys that let them in."""
    system = instance.properties["osProfile"]
    keys = [each["keyData"].strip() for each in read(system, "linuxConfiguration.ssh.publicKeys") or ()]
    user = {
        "name": system.get("adminUsername") or ADMIN,
        "gecos": "Azure's admin user",
        "shell": "/bin/bash",
        "lock_passwd": True,
        "sudo": ["ALL=(ALL) NOPASSWD:ALL"],
    }
    return {"system_info": {"default_user": user}, "ssh_pwauth": False, "ssh_authorized_keys": keys}


def _hardware(instance: Instance) -> dict[str, Any]:
    """The GPUs and disks of its size, which the stand-ins on the machine make up."""
    its = size(str(read(instance.properties, "hardwareProfile.vmSize")))
    model = next((name for part, name in GPU_NAMES.items() if part in its.name), "NVIDIA GPU")
    return {
        "id": instance.id,
        "size": its.name,
        "gpus": its.gpus,
        "accelerator": model,
        "nvme_disks": its.nvme_disks,
    }
