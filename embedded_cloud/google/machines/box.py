"""The container of an instance of Compute Engine."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.gpus import expected_of
from cloud_facts.gcp.images import image_projects
from cloud_facts.gcp.machine_types import existing_type
from embedded_cloud.engine import names
from embedded_cloud.google.machines.images import NODE_IMAGE, RAY_IMAGE, SLURM_IMAGE, SLURM_INSTALLED_IMAGE
from embedded_cloud.google.machines.metadata import NAMES
from embedded_cloud.google.self_links import name_of
from embedded_cloud.machines.box import Box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.machines.base import Instance


PROJECT = re.compile("projects/([^/]+)/global/images/")
SHARED = "/var/lib/rehearsal/shared"  # what NFS would share of Slurm's machines
MACHINE_FILE = "/etc/rehearsal/machine.json"  # what the image's stand-ins make up
GPU_NAMES = {
    "nvidia-gb300": "NVIDIA GB300",
    "nvidia-gb200": "NVIDIA GB200",
    "nvidia-b200": "NVIDIA B200",
    "nvidia-rtx-pro-6000": "NVIDIA RTX PRO 6000 Blackwell Server Edition",
    "nvidia-h200-141gb": "NVIDIA H200",
    "nvidia-h100-80gb": "NVIDIA H100 80GB HBM3",
    "nvidia-h100-mega-80gb": "NVIDIA H100 80GB HBM3",
    "nvidia-a100-80gb": "NVIDIA A100-SXM4-80GB",
    "nvidia-tesla-a100": "NVIDIA A100-SXM4-40GB",
    "nvidia-l4": "NVIDIA L4",
    "nvidia-tesla-t4": "Tesla T4",
    "nvidia-tesla-p4": "Tesla P4",
    "nvidia-tesla-p100": "Tesla P100-PCIE-16GB",
    "nvidia-tesla-v100": "Tesla V100-SXM2-16GB",
}


def box_of(instance: Instance, condition: Mapping[str, Any]) -> Box:
    domain = f"c.{instance.project}.internal"
    try:
        config = json.loads(instance.metadata.get("cluster-config", ""))
    except ValueError:
        config = {}
    # Ray can't be installed where there is no way out.
    ray = isinstance(config, dict) and config.get("ray")
    slurm = isinstance(config, dict) and config.get("slurm")
    return Box(
        image=_slurm_image(instance) if slurm else RAY_IMAGE if ray else NODE_IMAGE,
        name=names.node_container(instance.name),
        domain=f"{instance.zone}.{domain}",
        notebook=not slurm,
        hosts=NAMES,
        volumes={names.SHARED_VOLUME: SHARED} if slurm else {},
        disks=_disks(instance),
        files={MACHINE_FILE: json.dumps({**_hardware(instance), "sick_gpus": list(condition.get("sick_gpus") or ())})},
        aliases=(instance.name, f"{instance.name}.{domain}", f"{instance.name}.{instance.zone}.{domain}"),
    )


def _slurm_image(instance: Instance) -> str:
    """An image of the user's own has Slurm's packages, and Google's have not."""
    disk = (instance.properties.get("disks") or [{}])[0]
    project = PROJECT.search(str((disk.get("initializeParams") or {}).get("sourceImage", "")))
    return SLURM_INSTALLED_IMAGE if project and project[1] not in image_projects() else SLURM_IMAGE


def _disks(instance: Instance) -> dict[str, str]:
    """The folders of the disks that are attached to the instance, by their volumes."""
    return {
        volume: f"{names.DISKS_FOLDER}/google-{device}"
        for volume, device in instance.properties.get("volumes", {}).items()
    }


def _hardware(instance: Instance) -> dict[str, object]:
    """What the machine should have: the GPUs of its type, or those attached to it, and the type's local SSDs."""
    known = existing_type(name_of(str(instance.properties.get("machineType", ""))))
    attached = (instance.properties.get("guestAccelerators") or [{}])[0]
    if known is not None and known.kind == "fixed":
        kind, count = known.accelerator, known.gpus
    else:
        kind, count = name_of(str(attached.get("acceleratorType", ""))), int(attached.get("acceleratorCount") or 0)
    expected = expected_of(name_of(str(instance.properties.get("machineType", ""))), kind)
    return {
        "gpus": count,
        "accelerator": GPU_NAMES.get(kind.removesuffix("-vws"), "NVIDIA GPU"),
        "nvlinks": expected.nvlinks,
        "local_ssds": expected.local_ssds or 0,
    }
