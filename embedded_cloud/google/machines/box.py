"""The container of an instance of Compute Engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from embedded_cloud.engine import names
from embedded_cloud.google.machines.images import NODE_IMAGE, RAY_IMAGE
from embedded_cloud.google.machines.metadata import NAMES
from embedded_cloud.machines.box import Box

if TYPE_CHECKING:
    from embedded_cloud.machines.base import Instance


def box_of(instance: Instance) -> Box:
    domain = f"c.{instance.project}.internal"
    try:
        config = json.loads(instance.metadata.get("cluster-config", ""))
    except ValueError:
        config = {}
    # Ray can't be installed where there is no way out.
    ray = isinstance(config, dict) and config.get("ray")
    return Box(
        image=RAY_IMAGE if ray else NODE_IMAGE,
        name=names.node_container(instance.name),
        domain=f"{instance.zone}.{domain}",
        notebook=True,
        hosts=NAMES,
        aliases=(instance.name, f"{instance.name}.{domain}", f"{instance.name}.{instance.zone}.{domain}"),
    )
