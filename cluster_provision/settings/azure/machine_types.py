"""Facts about Azure's machine sizes from machine_types.toml, which has the source of each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cluster_provision.settings.edit_distance import edits

if TYPE_CHECKING:
    from collections.abc import Mapping

Nccl = Literal["ndv5", "ndv4", "gb", ""]
_TABLE = Path(__file__).with_name("machine_types.toml")


@dataclass(frozen=True)
class Size:
    """A machine size. `family` is the quota's name, `nccl` the class of NCCL settings that fit it best.

    `memory_gb` is in GiB; `generation` of the hypervisor's machines: 1, 2 or both.
    """

    name: str
    vcpus: int
    memory_gb: int
    gpus: int
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


def nearest(name: str) -> str:
    """Return a size with GPUs whose name is one or two letters from `name`; empty where there is none."""
    folded = name.casefold()
    found = [(edits(folded, known), each.name) for known, each in known_sizes().items() if each.gpus]
    distance, best = min(found)
    return best if distance <= 2 else ""


@cache
def known_sizes() -> Mapping[str, Size]:
    """Return all sizes of the table by their names in lower case."""
    found: dict[str, Size] = {}
    for series in _table()["series"].values():
        for name, own in series["sizes"].items():
            found[name.casefold()] = _size(name, {**series, **own})
    return found


def table_date() -> str:
    """Return the day on which the sources were read."""
    return str(_table()["read"])


def _size(name: str, facts: Mapping[str, Any]) -> Size:
    return Size(
        name=name,
        vcpus=facts["vcpus"],
        memory_gb=facts["memory_gb"],
        gpus=facts.get("gpus", 0),
        accelerator=facts.get("accelerator", ""),
        infiniband=facts.get("infiniband", False),
        arm=facts.get("arm", False),
        nvme_disks=facts.get("nvme_disks", 0),
        family=facts["family"],
        generation=tuple(facts["generation"]),
        nccl=facts.get("nccl", ""),
        trusted_launch=facts.get("trusted_launch", True),
    )


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))
