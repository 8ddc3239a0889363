"""What the container of a machine is made from: of Google's machines, and of Azure's."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from embedded_cloud.azure.compute.sizes import size
from embedded_cloud.azure.kind import read
from embedded_cloud.azure.machines.custom_data import config_of
from embedded_cloud.azure.machines.kvp import pool
from embedded_cloud.azure.machines.metadata_tree import ADMIN
from embedded_cloud.engine import names
from embedded_cloud.google.machines.metadata import NAMES

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


@dataclass(frozen=True)
class Box:
    """`notebook`: a browser here is to reach its notebook; `hosts` name the metadata server; `aliases` are the names
    under which the engine itself leads others to it; `search` its resolver's domains; `files` texts or bytes by path.
    """

    image: str
    name: str
    domain: str
    notebook: bool = False
    hosts: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    files: Mapping[str, str | bytes] = field(default_factory=dict)


def box_of(instance: Instance, condition: Mapping[str, Any]) -> Box:
    """`condition` is what conditions.json says is wrong with the machine."""
    return _azures(instance, condition) if instance.cloud == "azure" else _googles(instance)


def _googles(instance: Instance) -> Box:
    domain = f"c.{instance.project}.internal"
    try:
        config = json.loads(instance.metadata.get("cluster-config", ""))
    except ValueError:
        config = {}
    # Ray can't be installed where there is no way out.
    ray = isinstance(config, dict) and config.get("ray")
    return Box(
        image=names.NODE_RAY_IMAGE if ray else names.NODE_IMAGE,
        name=names.node_container(instance.name),
        domain=f"{instance.zone}.{domain}",
        notebook=True,
        hosts=NAMES,
        aliases=(instance.name, f"{instance.name}.{domain}", f"{instance.name}.{instance.zone}.{domain}"),
    )


def _azures(instance: Instance, condition: Mapping[str, Any]) -> Box:
    """Its computer name is its network's alone, so the engine knows it by another, and the name server leads to it."""
    custom = instance.properties["osProfile"].get("customData") or ""
    domain = domain_of(instance)
    ray = (config_of(custom) or {}).get("ray")
    return Box(
        image=names.NODE_AZURE_RAY_IMAGE if ray else names.NODE_AZURE_IMAGE,
        name=names.node_container(f"{instance.name}-{instance.id[:8]}".lower()),
        domain=domain,
        search=(domain,),
        files={
            f"{SEED}/user-data": base64.b64decode(custom),
            f"{SEED}/meta-data": yaml.safe_dump({"instance-id": instance.id, "local-hostname": instance.name}),
            "/etc/cloud/cloud.cfg.d/90-azure-agent.cfg": yaml.safe_dump(_agents_part(instance)),
            "/var/lib/hyperv/.kvp_pool_3": pool({"PhysicalHostName": f"REHEARSAL{instance.id[:6].upper()}"}),
            MACHINE_FILE: json.dumps(_hardware(instance) | {"sick_gpus": list(condition.get("sick_gpus") or ())}),
            **({"/etc/systemd/system/ssh.service.d/off.conf": OFF} if condition.get("ssh") is False else {}),
        },
    )


OFF = "[Unit]\nConditionPathExists=/nowhere\n"


def domain_of(instance: Instance) -> str:
    """The domain of a machine's network: every network has one of its own, whose beginning tells nobody anything."""
    network = str(instance.properties.get("network") or "").lower()
    return f"{names.digest(network)}.bx.internal.cloudapp.net"


def _agents_part(instance: Instance) -> dict[str, Any]:
    """What cloud-init gets from Azure beside the custom data: the admin user, and the public keys that let him in."""
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
    """What the stand-ins on the machine make up: GPUs and disks of its size."""
    spelt, its = size(str(read(instance.properties, "hardwareProfile.vmSize")))
    model = next((name for part, name in GPU_NAMES.items() if part in spelt), "NVIDIA GPU")
    return {
        "id": instance.id,
        "size": spelt,
        "gpus": its.gpus or its.untold_gpus,
        "accelerator": model,
        "nvme_disks": its.nvme,
    }
