"""What a machine with GPUs should show of itself on Google Cloud: gpus.toml, and the types' local SSDs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Gpu:
    """What the driver calls GPUs: a word of the name (`model`), and all of it (`device`); empty where not known."""

    model: str = ""
    device: str = ""


def gpu_of(accelerator: str) -> Gpu:
    """The driver's names for these GPUs, by their name in the API."""
    found = _gpu(accelerator)
    return Gpu(found.get("model", ""), found.get("device", ""))


def expected_of(machine_type: str, accelerator: str) -> Expected:
    """What a machine of this type should have; `accelerator` are the GPUs attached to it, or its own."""
    known = existing_type(machine_type)
    gpu = _gpu(accelerator)
    return Expected(
        model=gpu.get("model"),
        nvlinks=gpu.get("nvlinks"),
        local_ssds=known.local_ssds if known is not None else None,
    )


def _gpu(accelerator: str) -> dict[str, Any]:
    found: dict[str, Any] = table("gcp", "gpus")["gpu"].get(accelerator.removesuffix(WORKSTATION), {})
    return found
