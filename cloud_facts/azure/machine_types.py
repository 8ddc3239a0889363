"""Azure's machine sizes: machine_types.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from cloud_facts.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping

# learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-placement-groups (2026-05-19). Only
# setup-infiniband.md (2026-09-25) has 300, through support.
MOST_IN_A_PLACEMENT_GROUP = 100

Nccl = Literal["ndv5", "ndv4", "gb", ""]


@dataclass(frozen=True)
class Size:
    """A machine size. `family` is the quota's name, `nccl` the class of NCCL settings that fit it best.

    `memory_gb` is in GiB; `generation` of the hypervisor's machines: 1, 2 or both. Of GPUs that aren't `gpus_told`,
    Azure's list of sizes says nothing.
    """

    name: str
    vcpus: int
    memory_gb: int
    gpus: int
    gpus_told: bool
    accelerator: str
    infiniband: bool
    arm: bool
    nvme_disks: int
    family: str
    generation: tuple[int, ...]
    nccl: Nccl
    trusted_launch: bool


def size(name: str) -> Size | None:
    """Return the size of this name, in any case, or None where the table lacks it."""
    return known_sizes().get(name.casefold())


def has_infiniband(name: str) -> bool:
    """Whether machines of this size are known to have InfiniBand between them."""
    known = size(name)
    return known is not None and known.infiniband


@cache
def known_sizes() -> Mapping[str, Size]:
    """Return all sizes of the table by their names in lower case."""
    found: dict[str, Size] = {}
    for series in table("azure", "machine_types")["series"].values():
        for name, own in series["sizes"].items():
            found[name.casefold()] = _size(name, {**series, **own})
    return found


def table_date() -> str:
    """Return the day on which the sources were read."""
    return str(table("azure", "machine_types")["read"])


def _size(name: str, facts: Mapping[str, Any]) -> Size:
    return Size(
        name=name,
        vcpus=facts["vcpus"],
        memory_gb=facts["memory_gb"],
        gpus=facts.get("gpus", 0),
        gpus_told=facts.get("gpus_told", True),
        accelerator=facts.get("accelerator", ""),
        infiniband=facts.get("infiniband", False),
        arm=facts.get("arm", False),
        nvme_disks=facts.get("nvme_disks", 0),
        family=facts["family"],
        generation=tuple(facts["generation"]),
        nccl=facts.get("nccl", ""),
        trusted_launch=facts.get("trusted_launch", True),
    )
