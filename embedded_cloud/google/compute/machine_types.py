"""Machine types, read from their names: GPU shapes from Google's table (2026-04), the rest from the trailing number."""

from __future__ import annotations

import re
from typing import Any

from embedded_cloud.google.failure import not_found

# series -> accelerator, and for each number of GPUs: vCPUs, memory in GiB
# https://docs.cloud.google.com/compute/docs/accelerator-optimized-machines
GPU_SHAPES: dict[str, tuple[str, dict[int, tuple[int, int]]]] = {
    "a2-highgpu": ("nvidia-tesla-a100", {1: (12, 85), 2: (24, 170), 4: (48, 340), 8: (96, 680)}),
    "a2-megagpu": ("nvidia-tesla-a100", {16: (96, 1360)}),
    "a2-ultragpu": ("nvidia-a100-80gb", {1: (12, 170), 2: (24, 340), 4: (48, 680), 8: (96, 1360)}),
    "a3-highgpu": ("nvidia-h100-80gb", {1: (26, 234), 2: (52, 468), 4: (104, 936), 8: (208, 1872)}),
    "a3-edgegpu": ("nvidia-h100-80gb", {8: (208, 1872)}),
    "a3-megagpu": ("nvidia-h100-mega-80gb", {8: (208, 1872)}),
    "a3-ultragpu": ("nvidia-h200-141gb", {8: (224, 2952)}),
    "a4-highgpu": ("nvidia-b200", {8: (224, 3968)}),
    "a4x-highgpu": ("nvidia-gb200", {4: (140, 884)}),
}
G2_GPUS = {4: 1, 8: 1, 12: 1, 16: 1, 24: 2, 32: 1, 48: 4, 96: 8}
# local SSDs that come with a machine, for each of its GPUs: the same page
SSDS_PER_GPU = {"a2-ultragpu": 1, "a3-highgpu": 2, "a3-edgegpu": 2, "a3-megagpu": 2, "a3-ultragpu": 4, "a4-highgpu": 4}
SSDS_PER_GPU |= {"a4x-highgpu": 1}
GIB_PER_CPU = {"standard": 4.0, "highmem": 8.0, "highcpu": 1.0, "megamem": 14.0, "ultramem": 24.0}
NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")


def machine_type(name: str, path: str) -> dict[str, Any]:
    """The CPUs, memory (MiB), accelerators and local SSDs of a type. Raises ApiError (404) for an invalid name.

    A well-formed name that isn't in the tables is taken to exist: an env file may name a newer one.
    """
    if not NAME.fullmatch(name):
        raise not_found(path)
    series, _, last = name.rpartition("-")
    count = re.match(r"\d+", last)
    number = int(count.group()) if count else 2
    if series in GPU_SHAPES:
        accelerator, shapes = GPU_SHAPES[series]
        if number not in shapes:
            raise not_found(path)
        ssds = number * SSDS_PER_GPU.get(series, 0)
        bundled = {"bundledLocalSsds": {"defaultInterface": "NVME", "partitionCount": ssds}} if ssds else {}
        return _shape(*shapes[number], accelerator, number) | bundled
    if series == "g2-standard":
        if number not in G2_GPUS:
            raise not_found(path)
        return _shape(number, number * 4, "nvidia-l4", G2_GPUS[number])
    return _shape(number, number * GIB_PER_CPU.get(series.rpartition("-")[2], 4.0), "", 0)


def _shape(cpus: int, gib: float, accelerator: str, gpus: int) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "guestCpus": cpus,
        "memoryMb": int(gib * 1024),
        "maximumPersistentDisks": 128,
        "maximumPersistentDisksSizeGb": "263168",
        "isSharedCpu": False,
        "architecture": "X86_64",
        "description": f"{cpus} vCPUs, {gib:g} GB RAM",
    }
    if accelerator:
        shape["accelerators"] = [{"guestAcceleratorType": accelerator, "guestAcceleratorCount": gpus}]
    return shape
