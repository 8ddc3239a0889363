"""The record of a played instance whose steps all went well, but for what conditions.json has otherwise."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from embedded_cloud.machines.health import dcgm_says, gate_of, health_of
from embedded_cloud.machines.record import SCHEMA, in_ray_cluster, step, waiting_for_ray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embedded_cloud.machines.base import Instance


def record_of(
    instance: Instance,
    config: dict[str, Any],
    address: str,
    head: dict[str, Any] | None = None,
    sick_gpus: Sequence[int] = (),
) -> dict[str, Any]:
    """The record of a machine whose steps all went well, with GPUs that are sick, by their numbers. Without a
    `head`, it waits for that of its Ray cluster."""
    command = instance.metadata.get("cluster-startup-command", "").strip()
    buckets = [(each["bucket"], each["path"]) for each in config.get("buckets") or ()]
    shares = [(f"{each['address']}:/{each['share']}", each["path"]) for each in config.get("file_shares") or ()]
    steps = [
        step("files", done=bool(config.get("files"))),
        step("buckets", done=bool(buckets), mounts=buckets),
        step("shares", done=bool(shares), mounts=shares),
        step("ray", done=bool(config.get("ray"))),
        step("slurm", done=bool(config.get("slurm"))),
        step("health", done=gate_of(config) != "off", optional=True),
        step("agent", done=bool(config.get("ops_agent")), optional=True),
        step("jupyter", done=bool(config.get("notebook")), optional=True),
        step("command", done=bool(command)),
    ]
    record = {
        "schema": SCHEMA,
        "node": instance.name,
        "instance_id": instance.id,
        "boot_id": instance.boot_id,
        "host": "",
        "address": address,
        "status": "ready",
        "step": "done",
        "steps": steps,
        "health": health_of(config, sick_gpus, {"machine": _machine_says, "dcgm": dcgm_says}),
        "updated": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    if not config.get("ray"):
        return record
    if head is None:
        return {**waiting_for_ray(record), "health": {}}
    return in_ray_cluster(record, instance, config, head)


def _machine_says(sick_gpus: Sequence[int]) -> str:
    return "uncorrectable memory errors (ECC): " + "; ".join(f"GPU {each}: 1" for each in sick_gpus)
