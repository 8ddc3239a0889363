"""Machine types: those that Compute Engine has, and what conditions.json tells of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.machine_types import MachineType, existing_type
from embedded_cloud.google.failure import not_found

if TYPE_CHECKING:
    from embedded_cloud.google.conditions import GoogleConditions

# What conditions.json leaves out of a type that the tables don't have.
UNTOLD = MachineType("unknown", vcpus=2, memory_gib=8)


def machine_type(name: str, path: str, conditions: GoogleConditions) -> dict[str, Any]:
    """The CPUs, memory (MiB), accelerators and local SSDs of a type, and what conditions.json says of it.

    Raises ApiError (404) where neither the tables nor conditions.json have it.
    """
    told = conditions.described("machine_types", name)
    facts = existing_type(name)
    if facts is None and not told:
        raise not_found(path)
    told.pop("zones", None)
    return {**_shape(facts or UNTOLD), **told}


def _shape(facts: MachineType) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "guestCpus": facts.vcpus,
        "memoryMb": int(facts.memory_gib * 1024),
        "maximumPersistentDisks": 128,
        "maximumPersistentDisksSizeGb": "263168",
        "isSharedCpu": facts.shared,
        "architecture": "ARM64" if facts.arm else "X86_64",
        "description": f"{facts.vcpus} vCPUs, {facts.memory_gib:g} GB RAM",
    }
    if facts.gpus:
        shape["accelerators"] = [
            {"guestAcceleratorType": facts.accelerator, "guestAcceleratorCount": facts.gpus},
        ]
    if facts.local_ssds:
        shape["bundledLocalSsds"] = {"defaultInterface": "NVME", "partitionCount": facts.local_ssds}
    if facts.state:
        shape["deprecated"] = {"state": facts.state}
    return shape
