"""The record that a machine's bootstrap writes, as far as it is the same on both clouds."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embedded_cloud.machines.base import Instance

Facts = dict[str, Any]

SCHEMA = 1
NAMESPACE = uuid.UUID("3f0f4b0e-6a0e-4a5e-9b55-5a8d0f0c2a11")


def step(name: str, *, done: bool, optional: bool = False, mounts: Sequence[tuple[str, str]] = ()) -> Facts:
    """A step that went well, or had nothing to do."""
    found: Facts = {"name": name, "status": "ok" if done else "skipped", "optional": optional}
    found |= {"seconds": 0.0, "tail": ""}
    if mounts:
        found["mounts"] = [{"source": at, "path": path, "status": "ok", "seconds": 0.0} for at, path in mounts]
    return found


def waiting_for_ray(record: Facts) -> Facts:
    """The record as it is while the machine doesn't know the head of its Ray cluster yet."""
    steps = record["steps"]
    begun = [s["name"] for s in steps].index("ray")
    waiting = [*steps[:begun], {**steps[begun], "status": "running"}]
    return {**record, "status": "starting", "step": "ray", "steps": waiting, "ray": None}


def in_ray_cluster(record: Facts, instance: Instance, config: Facts, head: Facts) -> Facts:
    """The record of a machine in the Ray cluster of the head, with the GPUs that the machine should have."""
    ray = {
        "head": head["name"],
        "address": f"{head['address']}:{config['ray']['port']}",
        "cluster": _ray_id(config["deployment"], head["name"]),
        "node": _ray_id(config["deployment"], instance.name),
        "gpus": config["gpus"] or 0,
    }
    return {**record, "ray": ray}


def ray_metadata(record: Facts) -> dict[str, str]:
    """Ray's part of the metadata of the record's object, for one listing; `ray` is empty outside a cluster."""
    if "ray" not in record:
        return {}
    ray = record["ray"]
    return {"ray": ray["cluster"], "ray_gpus": str(ray["gpus"])} if ray else {"ray": ""}


def _ray_id(*names: str) -> str:
    """An ID as long as Ray's own, the same for the same names."""
    return (uuid.uuid5(NAMESPACE, "/".join(names)).hex * 2)[:56]
