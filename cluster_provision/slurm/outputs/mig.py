"""MIG devices and their files: `nvidia-smi mig -lci` beside the driver's /proc/driver/nvidia-caps/mig-minors.

A device is the card's own file and two capabilities, that of its GPU instance and that of its compute instance (NVIDIA,
Multi-Instance GPU User Guide, "Device Nodes and Capabilities").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROW = re.compile(r"\|\s*([0-9]+)\s+([0-9]+)\s+MIG (\S+)\s+[0-9]+\s+([0-9]+)\s+[0-9]+:[0-9]+\s*\|")
_MINOR = re.compile(r"^gpu([0-9]+)/gi([0-9]+)/(?:ci([0-9]+)/)?access ([0-9]+)$", re.MULTILINE)


@dataclass(frozen=True)
class MigDevice:
    """A MIG device of the card of this number: its profile, and its files, joined by commas."""

    card: int
    profile: str
    files: str


def read_mig(instances: str, minors: str, minor_of: Mapping[int, int]) -> tuple[MigDevice, ...]:
    """Return the devices in the order of the list. `minor_of` is a card's number → N of its /dev/nvidiaN.

    One whose capabilities the driver doesn't name is left out.
    """
    capabilities = {(gpu, gi, ci): number for gpu, gi, ci, number in _MINOR.findall(minors)}
    found: list[MigDevice] = []
    for card, gi, profile, ci in _ROW.findall(instances):
        minor = str(minor_of.get(int(card), int(card)))
        of_gpu, of_compute = capabilities.get((minor, gi, "")), capabilities.get((minor, gi, ci))
        if of_gpu and of_compute:
            caps = (f"/dev/nvidia-caps/nvidia-cap{each}" for each in (of_gpu, of_compute))
            found.append(MigDevice(int(card), profile, ",".join((f"/dev/nvidia{minor}", *caps))))
    return tuple(found)
