"""Derives facts from a machine type's name: GPUs, boot disks, network cards, how it is sold and placed.

GPU types are in a table, machine_types.toml, with its sources and their dates; the others follow from their names. For
an unknown type the tool takes the user's description: the Compute API has the last word.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("machine_types.toml")
PD = ("pd-ssd", "pd-balanced", "pd-standard")
HYPERDISK = ("hyperdisk-balanced",)
ON_DEMAND_AND_SPOT = ("standard", "spot")
# vpc/docs/create-use-multiple-interfaces, read 2026-11-25: one card to eight, by the machine type. One card a vCPU, and
# at least two: compute/docs/network-bandwidth and the page's own table.
LEAST_NICS, MOST_NICS = 2, 8

_WITHOUT_GPUS = "(e2|f1|g1|n2|n2d|n4|n4a|n4d|c2|c2d|c3|c3d|c4|c4a|c4d|t2a|t2d|m1|m2|m3|m4|x4|z3|h3|h4d)-.*"
# github.com/nextflow-io/nextflow/pull/6841 of 2026-03-17, which quotes Google's pages.
_HYPERDISK_ALONE = "(n4|n4a|n4d|c4|c4a|c4d)-.*"
_ARM = "(t2a|c4a|n4a)-.*"
# compute/docs/instances/placement-policies-overview, read 2026-11-25; h4d groups take workload policies.
_WITH_PLACEMENT_POLICY = "(c2|c2d|c3|c3d|c4|c4d|h3|n2|n2d|z3)-.*"
_N1 = "n1-(?:standard|highmem|highcpu|custom)-([0-9]+)(?:-.*)?|custom-([0-9]+)-.*"
# Suffixes that change none of these facts: without local SSDs, with less memory.
_VARIANTS = "-(nolssd|lowmem)"

# GPUs that can be attached to N1 machines: how many → most vCPUs (compute/docs/gpus of 2026-04-14).
_P100 = {1: 16, 2: 32, 4: 96}
_T4 = {1: 48, 2: 48, 4: 96}
_P4 = {1: 24, 2: 48, 4: 96}
ATTACHABLE: dict[str, dict[int, int]] = {
    "nvidia-tesla-t4": _T4,
    "nvidia-tesla-t4-vws": _T4,
    "nvidia-tesla-p4": _P4,
    "nvidia-tesla-p4-vws": _P4,
    "nvidia-tesla-v100": {1: 12, 2: 24, 4: 48, 8: 96},
    "nvidia-tesla-p100": _P100,
    "nvidia-tesla-p100-vws": _P100,
}


@dataclass(frozen=True)
class MachineType:
    """`kind`: the GPUs are `fixed` by the type, `attachable` to it, `none` fit, or the name doesn't say (`unknown`).

    `disks` are the boot disks it supports, the best default first, and `models` the provisioning models it is sold by;
    both are empty where unknown. `vcpus` is 0 where the name doesn't say.
    `layout` is the network cards that its GPUs use: none of their own (`single`), `tcpx`, `tcpxo`, `rdma`, or one that
    this version can't set up (empty). `nics` is the largest number of cards, 0 where unknown.
    `placement` is what keeps machines of a group together: a placement `policy`, a `workload` policy, or nothing.
    `local_ssds` is the number of its local SSDs. Machines of a type with `racks` are placed by whole racks.
    """

    kind: str
    gpus: int = 0
    accelerator: str = ""
    disks: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    layout: str = "single"
    nics: int = 0
    placement: str = ""
    arm: bool = False
    vcpus: int = 0
    local_ssds: int = 0
    racks: bool = False


def machine_type(name: str) -> MachineType:
    """Return the facts that `name` implies."""
    table = _table()
    known = table.types.get(re.sub(_VARIANTS, "", name))
    if known is not None:
        return known
    for series, facts in table.series.items():
        if name.startswith(f"{series}-"):  # a custom shape, a part of a GPU, or a type newer than the table
            return facts
    attachable = re.fullmatch(_N1, name)
    if attachable:
        vcpus = int((attachable.group(1) or attachable.group(2))[:6])
        return MachineType("attachable", disks=PD, models=ON_DEMAND_AND_SPOT, nics=_nics(vcpus), vcpus=vcpus)
    if re.fullmatch(_WITHOUT_GPUS, name):
        return _without_gpus(name)
    return MachineType("unknown")


def known_types() -> dict[str, MachineType]:
    """Return every type of the table by name."""
    return _table().types


def table_date() -> str:
    """Return the day of the table's last comparison with its sources, as 2026-11-25."""
    return _table().read


def _without_gpus(name: str) -> MachineType:
    size = re.fullmatch("[a-z0-9]+-[a-z]+-([0-9]{1,4})(-.*)?", name)
    vcpus = int(size.group(1)) if size and not name.endswith("-metal") else 0
    placement = (
        "workload" if name.startswith("h4d-") else "policy" if re.fullmatch(_WITH_PLACEMENT_POLICY, name) else ""
    )
    return MachineType(
        "none",
        disks=HYPERDISK if re.fullmatch(_HYPERDISK_ALONE, name) else (),
        models=() if name.startswith("h4d-") else ON_DEMAND_AND_SPOT,
        nics=_nics(vcpus) if vcpus else 0,
        placement=placement,
        arm=re.fullmatch(_ARM, name) is not None,
        vcpus=vcpus,
    )


def _nics(vcpus: int) -> int:
    return min(max(vcpus, LEAST_NICS), MOST_NICS)


@dataclass(frozen=True)
class _Table:
    """GPU machine types by name, and the facts for any other type of their series."""

    types: dict[str, MachineType]
    series: dict[str, MachineType]
    read: str


@cache
def _table() -> _Table:
    text = _TABLE.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    found = _Table({}, {}, str(data["read"]))
    for name, series in data["series"].items():
        found.series[name] = MachineType("unknown", disks=tuple(series["disks"]), arm=series.get("arm", False))
        found.types.update({each: _with_gpus(series | own) for each, own in series["types"].items()})
    return found


def _with_gpus(facts: dict[str, Any]) -> MachineType:
    return MachineType(
        "fixed",
        gpus=facts["gpus"],
        accelerator=facts["accelerator"],
        disks=tuple(facts["disks"]),
        models=tuple(facts["models"]),
        layout=facts.get("layout", "single"),
        nics=facts.get("nics", _nics(facts["vcpus"])),
        placement=facts["placement"],
        arm=facts.get("arm", False),
        vcpus=facts["vcpus"],
        local_ssds=facts.get("local_ssds", 0),
        racks=facts.get("racks", False),
    )
