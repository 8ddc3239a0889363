"""What NCCL's all-reduce has to know of a machine size of Azure's."""

from __future__ import annotations

from cloud_facts.azure.machine_types import size
from cluster_provision.errors import SettingsError
from cluster_provision.fleet.nccl.plan import MachineClass


def nccl_machine(sku: str) -> MachineClass:
    """A machine of this size, as far as the table of sizes knows it. Raises SettingsError where it has no GPUs."""
    known = size(sku)
    if known is None:
        return MachineClass(sku, 0, "", infiniband=False, kind="ethernet")
    if not known.gpus:
        raise SettingsError((f"Benchmark measures GPUs, and SKU={known.name} has none",), where="")
    return MachineClass(known.name, known.gpus, known.accelerator, known.infiniband, known.nccl or "ethernet")
