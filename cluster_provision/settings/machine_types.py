"""What a machine type's name tells: GPUs it carries or takes, boot disks it takes, how it is sold.

Source: docs.cloud.google.com/compute/docs/accelerator-optimized-machines of 2026-04-13 and
docs.cloud.google.com/compute/docs/gpus of 2026-04-14, read 2026-11-22. A type that isn't known here is
taken as the user describes it: the Compute API has the last word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PD = ("pd-ssd", "pd-balanced", "pd-standard")


@dataclass(frozen=True)
class MachineType:
    """`kind`: the GPUs are `fixed` by the type, `attachable` to it, `none` fit, or the name doesn't tell (`unknown`).

    `disks` are the boot disks it takes, the best default first; empty where that isn't known.
    `vcpus` is 0 where the name doesn't tell.
    """

    kind: str
    gpus: int = 0
    accelerator: str = ""
    disks: tuple[str, ...] = ()
    on_demand: bool = True
    arm: bool = False
    vcpus: int = 0


@dataclass(frozen=True)
class _Series:
    accelerator: str
    disks: tuple[str, ...]
    on_demand: bool = True
    arm: bool = False


_A3_DISKS = ("pd-ssd", "pd-balanced", "hyperdisk-balanced")
_HYPERDISK = ("hyperdisk-balanced",)
# Types called <series>-<GPUs>g, some with an ending such as -metal.
_SERIES = {
    "a2-highgpu": _Series("nvidia-tesla-a100", PD),
    "a2-megagpu": _Series("nvidia-tesla-a100", PD),
    "a2-ultragpu": _Series("nvidia-a100-80gb", PD),
    "a3-highgpu": _Series("nvidia-h100-80gb", _A3_DISKS),
    "a3-edgegpu": _Series("nvidia-h100-80gb", _A3_DISKS),
    "a3-megagpu": _Series("nvidia-h100-mega-80gb", _A3_DISKS),
    "a3-ultragpu": _Series("nvidia-h200-141gb", _HYPERDISK, on_demand=False),
    "a4-highgpu": _Series("nvidia-b200", _HYPERDISK, on_demand=False),
    "a4x-highgpu": _Series("nvidia-gb200", _HYPERDISK, on_demand=False, arm=True),
    "a4x-maxgpu": _Series("nvidia-gb300", _HYPERDISK, on_demand=False, arm=True),
}
_SPOT_ONLY = ("a3-highgpu-1g", "a3-highgpu-2g", "a3-highgpu-4g")
_G2 = {4: 1, 8: 1, 12: 1, 16: 1, 32: 1, 24: 2, 48: 4, 96: 8}
_G4 = {48: 1, 96: 2, 192: 4, 384: 8}
_WITHOUT_GPUS = "(e2|f1|g1|n2|n2d|n4|n4a|n4d|c2|c2d|c3|c3d|c4|c4a|c4d|t2a|t2d|m1|m2|m3|m4|x4|z3|h3|h4d)-.*"
_N1 = "n1-(?:standard|highmem|highcpu|custom)-([0-9]+)(?:-.*)?|custom-([0-9]+)-.*"

# GPUs that can be attached to N1 machines: how many → most vCPUs.
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


def machine_type(name: str) -> MachineType:
    """What `name` tells."""
    series = re.fullmatch("([a-z0-9]+-[a-z]+gpu)-([0-9]+)g(-.*)?", name)
    if series and series.group(1) in _SERIES:
        facts = _SERIES[series.group(1)]
        sold = facts.on_demand and name not in _SPOT_ONLY
        return MachineType("fixed", int(series.group(2)), facts.accelerator, facts.disks, sold, facts.arm)
    if re.fullmatch("g[24]-.*", name):
        return _graphics(name)
    attachable = re.fullmatch(_N1, name)
    if attachable:
        return MachineType("attachable", disks=PD, vcpus=int((attachable.group(1) or attachable.group(2))[:6]))
    return MachineType("none" if re.fullmatch(_WITHOUT_GPUS, name) else "unknown")


def _graphics(name: str) -> MachineType:
    accelerator, counts, disks = (
        ("nvidia-l4", _G2, ("pd-ssd", "pd-balanced"))
        if name.startswith("g2-")
        else ("nvidia-rtx-pro-6000", _G4, _HYPERDISK)
    )
    size = re.fullmatch("g[24]-standard-([0-9]{1,4})", name)
    gpus = counts.get(int(size.group(1))) if size else None
    # Custom shapes, and the fractions of a GPU that small G4 types have, can't be told from the name.
    return MachineType("fixed", gpus, accelerator, disks) if gpus else MachineType("unknown", disks=disks)
