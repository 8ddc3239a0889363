"""What NCCL's all-reduce has to know of a machine type of Google Cloud's."""

from __future__ import annotations

from cloud_facts.gcp.gpus import gpu_of
from cloud_facts.gcp.machine_types import machine_type
from cluster_provision.errors import SettingsError
from cluster_provision.fleet.nccl.device_limits import limits_of
from cluster_provision.fleet.nccl.plan import MachineClass

KINDS = {"tcpx": ("tcpx", "GPUDirectTCPX"), "tcpxo": ("tcpxo", "FasTrak"), "rdma": ("gib", "gIB")}
"""The class of settings by the layout of the GPUs' network, and the name by which NCCL calls that network's plugin."""

LARGEST = 1 << 30
"""Bytes: within one machine the limits are for messages of this size."""


def nccl_machine(name: str, accelerator: str, gpus: int) -> MachineClass:
    """A machine of this type with these GPUs. Raises SettingsError where it has none."""
    if not gpus:
        raise SettingsError((f"Benchmark measures GPUs, and VM_TYPE={name} has none",), where="")
    kind, transport = KINDS.get(machine_type(name).layout, ("gcp", ""))
    gpu = gpu_of(accelerator)
    limits = limits_of(gpu.device, gpus, 0, LARGEST)
    return MachineClass(
        name, gpus, gpu.model or accelerator, infiniband=False, kind=kind, limits=limits, transport=transport
    )
