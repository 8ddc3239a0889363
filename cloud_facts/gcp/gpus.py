"""What a machine with GPUs should show of itself on Google Cloud: gpus.toml, and the types' local SSDs."""

from __future__ import annotations

from dataclasses import dataclass

from cloud_facts.gcp.machine_types import existing_type
from cloud_facts.tables import table

WORKSTATION = "-vws"
"""The ending of the same GPUs with a workstation's licence."""


@dataclass(frozen=True)
class Expected:
    """What one machine of a type has; None where nobody has published it.

    `model` is a word of the GPUs' name at the driver, `nvlinks` the links of each GPU, 0 for none.
    """

    model: str | None = None
    nvlinks: int | None = None
    local_ssds: int | None = None


def expected_of(machine_type: str, accelerator: str) -> Expected:
    """What a machine of this type should have; `accelerator` are the GPUs attached to it, or its own."""
    known = existing_type(machine_type)
    gpu = table("gcp", "gpus")["gpu"].get(accelerator.removesuffix(WORKSTATION), {})
    return Expected(
        model=gpu.get("model"),
        nvlinks=gpu.get("nvlinks"),
        local_ssds=known.local_ssds if known is not None else None,
    )
