"""The file system on the data disk follows the disk's size, upwards alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from node.machine.programs import Failure
from node.slurm_cloud import disk_growth
from node.slurm_cloud.disk_growth import grow
from tests.unit.node.slurm.services import AZURE, GOOGLE

if TYPE_CHECKING:
    from pathlib import Path

DEVICE = "/dev/disk/by-id/google-slurm-data"
GIB = 2**30
# As e2fsprogs 1.47.0 prints it.
SUPERBLOCK = """dumpe2fs 1.47.0 (5-Feb-2023)
Filesystem volume name:   {name}
Last mounted on:          /srv/cluster
Block count:              {blocks}
Free blocks:              1000
Block size:               4096
"""


@dataclass
class Programs:
    """blockdev, dumpe2fs and resize2fs of one disk; sizes in bytes."""

    size: int = 20 * GIB
    held: int = 10 * GIB
    name: str = "slurm-data"
    failing: str = ""
    grown: list[tuple[str, ...]] = field(default_factory=list)

    def call(self, *argv: str, feed: str = "") -> str:
        if argv[0] == self.failing:
            raise Failure(f"{argv[0]} ended with 1: no")
        if argv == ("blockdev", "--getsize64", DEVICE):
            return f"{self.size}\n"
        if argv == ("dumpe2fs", "-h", DEVICE):
            return SUPERBLOCK.format(name=self.name, blocks=self.held // 4096)
        self.grown.append(argv)
        return ""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    made = Programs()
    monkeypatch.setattr(disk_growth, "call", made.call)
    monkeypatch.setattr(disk_growth, "ROOT", str(tmp_path))
    (tmp_path / DEVICE[1:]).parent.mkdir(parents=True)
    (tmp_path / DEVICE[1:]).touch()
    return made


def test_a_file_system_smaller_than_its_disk_is_grown_to_all_of_it(programs: Programs) -> None:
    grow(GOOGLE)
    assert programs.grown == [("resize2fs", DEVICE)]


@pytest.mark.parametrize("size", [10 * GIB, 10 * GIB + 2**26, 9 * GIB], ids=["as large", "a rest", "smaller"])
def test_one_that_is_as_large_as_the_disk_or_larger_is_left_alone(programs: Programs, size: int) -> None:
    programs.size = size
    grow(GOOGLE)
    assert programs.grown == []


def test_one_that_is_not_ours_is_left_alone(programs: Programs) -> None:
    programs.name = "<none>"
    grow(GOOGLE)
    assert programs.grown == []


@pytest.mark.parametrize("program", ["blockdev", "dumpe2fs", "resize2fs"])
def test_what_fails_is_told(programs: Programs, program: str) -> None:
    programs.failing = program
    with pytest.raises(Failure, match=f"{program} ended with 1"):
        grow(GOOGLE)


def test_a_disk_that_is_gone_is_named(programs: Programs) -> None:
    with pytest.raises(Failure, match="not attached: there is no /dev/disk/azure/scsi1/lun0"):
        grow(AZURE)
    assert programs.grown == []


def test_the_kernel_is_asked_to_look_at_a_scsi_disks_size_before(programs: Programs, tmp_path: Path) -> None:
    rescan = tmp_path / "sys/class/block/google-slurm-data/device/rescan"
    rescan.parent.mkdir(parents=True)
    rescan.touch()
    grow(GOOGLE)
    assert rescan.read_text() == "1"
