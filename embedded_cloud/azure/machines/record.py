"""The record of a played machine of Azure's whose steps all went well, but for what conditions.json has otherwise."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.machines.kvp import physical_host
from embedded_cloud.machines.record import SCHEMA, in_ray_cluster, ray_metadata, step, waiting_for_ray

if TYPE_CHECKING:
    from embedded_cloud.machines.base import Instance

Facts = dict[str, Any]

CHECKS = ("aznhc", "dcgm")
NO_TEXT = "none"  # as node/azure/lib/storage.sh writes it
MADE_UP = "made up by the rehearsal"


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
        step("health", done=_gate(config) != "off", optional=True),
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
        "health": health_of(config, condition),
        "host_keys": [host_key],
        "updated": now(),
    }
    if not config.get("ray"):
        return record
    if head is None:
        return {**waiting_for_ray(record), "health": {}}
    return in_ray_cluster(record, instance, config, head)


def health_of(config: Facts, condition: Facts) -> Facts:
    """What the checks would say: of sick GPUs that they are, and of none that nothing was there to be checked; of a
    size that isn't known, that nobody knows; nothing at all with HEALTH_GATE=off."""
    if _gate(config) == "off":
        return {}
    sick = condition.get("sick_gpus") or []
    if config.get("gpus") == 0:
        return {
            "verdict": "skipped",
            "host": "",
            "checks": [_check(name, "skipped", "the size has no GPU") for name in CHECKS],
        }
    if config.get("gpus") is None:
        unknown = [_check(name, "unknown", "nothing is known of this size") for name in CHECKS]
        return {"verdict": "unknown", "host": "", "checks": unknown}
    if sick:
        named = ", ".join(f"GPU {each}" for each in sick)
        ecc = f"check_ecc: GPU id {sick[0]}: SRAM Uncorrectable ECC error count detected, (1,1). FaultCode: NHC2019"
        aznhc = _check("aznhc", "failed", f"{ecc} ({MADE_UP})")
        dcgm = _check("dcgm", "failed", f"level 2: memory ({named}): uncorrectable memory errors ({MADE_UP})")
        return {"verdict": "unhealthy", "host": "", "checks": [aznhc, dcgm]}
    return {"verdict": "healthy", "host": "", "checks": [_check(name, "passed", MADE_UP) for name in CHECKS]}


def metadata_of(record: Facts) -> dict[str, str]:
    """The part of the record that its blob's metadata holds, for one listing."""
    told = {"status": record["status"], "step": record["step"], "instance_id": record["instance_id"]}
    told["host"] = str(record.get("host") or "")
    told["health"] = str((record.get("health") or {}).get("verdict", ""))
    told |= ray_metadata(record)
    if "slurm" in record:
        told["slurm"] = str(record["slurm"].get("applied") or "")
    return {name: value or NO_TEXT for name, value in told.items()}


def _gate(config: Facts) -> str:
    return str((config.get("health") or {}).get("gate", "on"))


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _check(name: str, status: str, detail: str) -> Facts:
    return {"name": name, "status": status, "detail": detail, "time": now()}
