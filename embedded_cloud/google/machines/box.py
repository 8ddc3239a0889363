"""The container of an instance of Compute Engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from embedded_cloud.engine import names
from embedded_cloud.google.machines.images import NODE_IMAGE, RAY_IMAGE, SLURM_IMAGE
from embedded_cloud.google.machines.metadata import NAMES
from embedded_cloud.machines.box import Box

if TYPE_CHECKING:
    from embedded_cloud.machines.base import Instance


SHARED = "/var/lib/rehearsal/shared"  # what NFS would share of Slurm's machines
DISKS = "/var/lib/machine-disks"
"""Where the image finds the disks that outlive the machine, by the names of their links in /dev/disk/by-id."""


def box_of(instance: Instance) -> Box:
    domain = f"c.{instance.project}.internal"
    try:
        config = json.loads(instance.metadata.get("cluster-config", ""))
    except ValueError:
        config = {}
    # Ray can't be installed where there is no way out.
    ray = isinstance(config, dict) and config.get("ray")
    slurm = isinstance(config, dict) and config.get("slurm")
    return Box(
        image=SLURM_IMAGE if slurm else RAY_IMAGE if ray else NODE_IMAGE,
        name=names.node_container(instance.name),
        domain=f"{instance.zone}.{domain}",
        notebook=not slurm,
        hosts=NAMES,
        volumes={names.SHARED_VOLUME: SHARED} if slurm else {},
        disks=_disks(instance),
        aliases=(instance.name, f"{instance.name}.{domain}", f"{instance.name}.{instance.zone}.{domain}"),
    )


def _disks(instance: Instance) -> dict[str, str]:
    """The folders of the disks that are attached to the instance, by their volumes."""
    return {volume: f"{DISKS}/google-{device}" for volume, device in instance.properties.get("volumes", {}).items()}
