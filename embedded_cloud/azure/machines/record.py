"""The record of a played machine of Azure's whose steps all went well, but for what conditions.json has otherwise."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.machines.kvp import physical_host
from embedded_cloud.machines.health import dcgm_says, gate_of, health_of
from embedded_cloud.machines.record import SCHEMA, in_ray_cluster, ray_metadata, step, waiting_for_ray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embedded_cloud.machines.base import Instance

Facts = dict[str, Any]

NO_TEXT = "none"  # as node/azure/lib/storage.sh writes it


def record_of(instance: Instance, config: Facts, condition: Facts, host_key: str, head: Facts | None = None) -> Facts:
    """The record. Without a `head`, the machine of a Ray cluster still waits for it."""
    command = str(config.get("startup_command") or "").strip()
    steps = [
        step("files", done=bool(config.get("files"))),
        step("disks", done=bool(config.get("nvme_disks"))),
        step("docker", done=bool(config.get("docker"))),
        step("ray", done=bool(config.get("ray"))),
        step("slurm", done=bool(config.get("slurm"))),
        step("cloud-init", done=bool(config.get("cloud_init"))),
        step("packages", done=True, optional=True),
        step("health", done=gate_of(config) != "off", optional=True),
        step("command", done=bool(command)),
    ]
    record = {
        "schema": SCHEMA,
        "node": instance.name,
        "instance_id": instance.id,
        "boot_id": instance.boot_id,
        "address": instance.address,
        "host": physical_host(instance.id),
        "status": "ready",
        "step": "done",
        "steps": steps,
        "health": health_of(config, condition.get("sick_gpus") or (), {"aznhc": aznhc_says, "dcgm": dcgm_says}),
        "host_keys": [host_key],
        "updated": now(),
    }
    if not config.get("ray"):
        return record
    if head is None:
        return {**waiting_for_ray(record), "health": {}}
    return in_ray_cluster(record, instance, config, head)


def aznhc_says(sick_gpus: Sequence[int]) -> str:
    """AzNHC's words of GPUs with broken memory."""
    first = f"GPU id {sick_gpus[0]}: SRAM Uncorrectable ECC error count detected, (1,1)"
    return f"check_ecc: {first}. FaultCode: NHC2019"


def metadata_of(record: Facts) -> dict[str, str]:
    """The part of the record that its blob's metadata holds, for one listing."""
    told = {"status": record["status"], "step": record["step"], "instance_id": record["instance_id"]}
    told["host"] = str(record.get("host") or "")
    told["health"] = str((record.get("health") or {}).get("verdict", ""))
    told |= ray_metadata(record)
    if "slurm" in record:
        told["slurm"] = str(record["slurm"].get("applied") or "")
    return {name: value or NO_TEXT for name, value in told.items()}


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
