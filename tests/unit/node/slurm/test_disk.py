"""The controller's data disk, with made-up programs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from node.machine.programs import Failure
from node.slurm_cloud import disk
from node.slurm_cloud.disk import mount_all, prepare
from tests.unit.node.slurm.services import GOOGLE

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Programs:
    """dd, blkid, mkfs, mount and systemctl; `found` is what is on the disk, `mounted` the folders."""

    found: str = ""
    status: int = 0
    readable: bool = True
    calls: list[tuple[str, ...]] = field(default_factory=list)
    mounted: set[str] = field(default_factory=set)
    stopped: list[str] = field(default_factory=list)

    def run(self, *argv: str, feed: str = "") -> tuple[int, str]:
        if argv[0] == "mountpoint":
            return int(argv[-1] not in self.mounted), ""
        if argv[:2] == ("systemctl", "stop"):
            self.stopped.append(argv[2])
        if argv[0] == "dd":
            return (0, "") if self.readable else (1, "dd: error reading '/dev/sdb': Input/output error\n")
        if argv[0] == "blkid":
            return self.status or (0 if self.found else 2), f"{self.found}\n"
        return 0, ""

    def call(self, *argv: str, feed: str = "") -> str:
        self.calls.append(argv)
        if argv[0] == "mount":
            self.mounted.add(argv[-1])
        if argv[0] == "mkfs.ext4":
            self.found = "ext4"
        if argv[:2] == ("cp", "-a"):
            shutil.copytree(argv[2], argv[3])
        return ""

    def of(self, name: str) -> list[tuple[str, ...]]:
        return [each for each in self.calls if each[0] == name]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    made = Programs()
    monkeypatch.setattr(disk, "run", made.run)
    monkeypatch.setattr(disk, "call", made.call)
    monkeypatch.setattr(disk, "ROOT", str(tmp_path))
    monkeypatch.setattr(disk, "_UNITS", f"{tmp_path}/units")
    for name in ("DATA", "SECRETS", "POWER"):
        monkeypatch.setattr(disk, name, str(tmp_path) + str(getattr(disk, name)))
    monkeypatch.setattr(disk, "PATIENCE", 0.0)
    device = tmp_path / "dev/disk/by-id/google-slurm-data"
    device.parent.mkdir(parents=True)
    device.touch()
    (tmp_path / "home/ubuntu/.ssh").mkdir(parents=True)
    (tmp_path / "home/ubuntu/.ssh/authorized_keys").write_text("ssh-ed25519 AAAA new\n")
    return made


def test_a_blank_disk_gets_a_file_system(programs: Programs) -> None:
    mount_all(GOOGLE, homes=True)
    assert [each[0] for each in programs.calls[:2]] == ["mkfs.ext4", "mount"]


def test_a_disk_with_files_is_mounted_as_it_is(programs: Programs) -> None:
    programs.found = "ext4"
    mount_all(GOOGLE, homes=True)
    assert programs.of("mkfs.ext4") == []


@pytest.mark.parametrize(("found", "status"), [("xfs", 0), ("", 4), ("", 8), ("blkid: error: /dev/sdb", 2)])
def test_a_disk_that_holds_something_else_or_can_not_be_looked_at_is_left_alone(
    programs: Programs, found: str, status: int
) -> None:
    programs.found, programs.status = found, status
    with pytest.raises(Failure, match="data disk"):
        mount_all(GOOGLE, homes=True)
    assert programs.calls == []


def test_a_disk_that_can_not_be_read_is_left_alone(programs: Programs) -> None:
    programs.readable = False
    with pytest.raises(Failure, match=r"can't be read, so nothing is written on it: .*Input/output error"):
        mount_all(GOOGLE, homes=True)
    assert programs.calls == []


def test_a_disk_that_is_not_attached_is_named(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "dev/disk/by-id/google-slurm-data").unlink()
    with pytest.raises(Failure, match="there is no /dev/disk/by-id/google-slurm-data"):
        mount_all(GOOGLE, homes=True)


def test_homes_accounting_and_slurms_state_lie_on_it(programs: Programs, tmp_path: Path) -> None:
    mount_all(GOOGLE, homes=True)
    places = {
        each[-1].removeprefix(str(tmp_path)): each[-2].removeprefix(str(tmp_path)) for each in programs.of("mount")
    }
    assert places == {
        "/srv/cluster": "/dev/disk/by-id/google-slurm-data",
        "/home": "/srv/cluster/home",
        "/var/lib/mysql": "/srv/cluster/mysql",
        "/var/spool/slurmctld": "/srv/cluster/slurmctld",
    }


def test_the_accounts_of_the_image_keep_their_homes(programs: Programs, tmp_path: Path) -> None:
    mount_all(GOOGLE, homes=True)
    assert (tmp_path / "srv/cluster/home/ubuntu/.ssh/authorized_keys").read_text() == "ssh-ed25519 AAAA new\n"


def test_a_controller_that_is_made_anew_is_reached_by_its_new_keys_too(programs: Programs, tmp_path: Path) -> None:
    programs.found = "ext4"
    kept = tmp_path / "srv/cluster/home/ubuntu/.ssh/authorized_keys"
    kept.parent.mkdir(parents=True)
    kept.write_text("ssh-ed25519 AAAA old\n")
    for _ in range(2):
        programs.mounted.clear()
        mount_all(GOOGLE, homes=True)
    assert kept.read_text() == "ssh-ed25519 AAAA old\nssh-ed25519 AAAA new\n"


def test_root_alone_reads_the_secrets_folder(programs: Programs, tmp_path: Path) -> None:
    mount_all(GOOGLE, homes=True)
    assert (tmp_path / "srv/cluster/secrets").stat().st_mode & 0o777 == 0o700


def test_what_is_mounted_is_not_mounted_again(programs: Programs) -> None:
    mount_all(GOOGLE, homes=True)
    programs.calls.clear()
    mount_all(GOOGLE, homes=True)
    assert programs.calls == []


def test_services_that_need_the_disk_wait_for_it_at_each_start(programs: Programs, tmp_path: Path) -> None:
    prepare(GOOGLE, homes=True)
    for service in ("mariadb", "slurmctld", "nfs-server"):
        text = (tmp_path / f"units/{service}.service.d/cluster-provision-disk.conf").read_text()
        assert "Requires=cluster-slurm-disk.service\nAfter=cluster-slurm-disk.service" in text
    assert programs.calls[-2:] == [("systemctl", "daemon-reload"), ("systemctl", "start", "cluster-slurm-disk.service")]


def test_what_an_image_has_running_is_stopped_before_its_folder_is_the_disks_and_never_after(
    programs: Programs,
) -> None:
    prepare(GOOGLE, homes=True)
    assert {*programs.stopped} == {"nfs-server", "mariadb", "slurmctld"}
    programs.stopped.clear()
    prepare(GOOGLE, homes=True)
    assert programs.stopped == []


def test_homes_of_a_file_server_are_never_hidden_by_the_disk(programs: Programs, tmp_path: Path) -> None:
    prepare(GOOGLE, homes=False)
    assert f"{tmp_path}/home" not in programs.mounted
    assert "node.slurm_cloud disk-without-homes\n" in (tmp_path / "units/cluster-slurm-disk.service").read_text()
