"""Grows the file system on the controller's data disk, where the disk has become larger."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from node.machine.programs import Failure, call
from node.slurm_cloud.disk import DEVICES, LABEL
from node.slurm_cloud.place import ROOT

if TYPE_CHECKING:
    from node.slurm_cloud.place import Place

# mkfs.ext4(8) leaves out a last block group that is too small for its own tables: 32,768 blocks of 4 KiB.
GROUP_BYTES = 32_768 * 4096


def grow(place: Place) -> None:
    """Make the file system as large as the disk, mounted as it is; never smaller, and never one that isn't ours.

    Raises Failure with what keeps it from that.
    """
    device = next((each for each in DEVICES[place.cloud] if os.path.exists(f"{ROOT}{each}")), "")
    if not device:
        raise Failure(f"the controller's data disk is not attached: there is no {' or '.join(DEVICES[place.cloud])}")
    _rescan(f"{ROOT}{device}")
    size, (name, held) = int(call("blockdev", "--getsize64", device)), _file_system(device)
    if name == LABEL and size - held >= GROUP_BYTES:
        call("resize2fs", device)
        print(f"the file system on {device} had {held} bytes, and has those of the disk now: {size}")


def _file_system(device: str) -> tuple[str, int]:
    """Its name and its bytes, as its superblock has them (dumpe2fs(8))."""
    told = dict(re.findall(r"^([A-Z][A-Za-z ]+):[ \t]+(.+)$", call("dumpe2fs", "-h", device), re.MULTILINE))
    try:
        return told["Filesystem volume name"], int(told["Block count"]) * int(told["Block size"])
    except (KeyError, ValueError) as failure:
        raise Failure(f"dumpe2fs does not say how large the file system on {device} is: {failure}") from None


def _rescan(device: str) -> None:
    """The kernel sees a SCSI disk's new size only when it is asked to look.

    https://learn.microsoft.com/azure/virtual-machines/linux/expand-disks ("Expand without downtime")
    """
    path = f"{ROOT}/sys/class/block/{os.path.basename(os.path.realpath(device))}/device/rescan"
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write("1")
    except OSError:  # no SCSI disk
        return
