"""docs/azure-sizes.md, made from the table of Azure's machine sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.azure.machine_types import known_sizes, table_date

if TYPE_CHECKING:
    from cloud_facts.azure.machine_types import Size

INTRODUCTION = """# Azure's machine sizes

<!-- Made by `make docs` from cloud_facts/azure/machine_types.toml, with the sources: don't edit. -->

What this version knows of the sizes that `SKU` names, as of {date}. What an env file asks for is checked against it
before anything else; before Apply, Azure is asked what the region and the subscription really have. A size that isn't
here is taken too, with a note: how many GPUs it has is not known then.

- **InfiniBand** decides `ORCH_MODE` where that is unset: uniform with a single placement group, which holds at most 100
  machines in one zone; flexible without.
- **NVMe**: local disks, which are made one RAID-0 at `/mnt/resource_nvme`.
- **Generation** of virtual machines: the image must be of one that the size boots.
- **Quota**: the name of the vCPU quota that standard machines count on, beside the region's `cores`. Spot machines
  count on `lowPriorityCores` alone.
- **NCCL**: the settings that `Benchmark` runs with.
- **Trusted Launch**: where it says no, Azure leaves the size out of `SECURITY_TYPE=trusted-launch`.
"""


def azure_sizes_markdown() -> str:
    """The text of docs/azure-sizes.md."""
    rows = [
        "| SKU | GPUs | vCPUs | memory (GiB) | InfiniBand | NVMe | generation | quota | NCCL | Trusted Launch |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(_row(size) for size in known_sizes().values()),
    ]
    return "\n".join([INTRODUCTION.format(date=table_date()), *rows, ""])


def _row(size: Size) -> str:
    cells = (
        size.name + (" (Arm)" if size.arm else ""),
        f"{size.gpus} x {size.accelerator}" if size.gpus else "none",
        str(size.vcpus),
        str(size.memory_gb),
        "yes" if size.infiniband else "",
        str(size.nvme_disks or ""),
        ", ".join(map(str, size.generation)),
        size.family,
        size.nccl,
        "" if size.trusted_launch else "no",
    )
    return "| " + " | ".join(cells) + " |"
