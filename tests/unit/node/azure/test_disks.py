"""The machine's own NVMe disks: made into one array, or assembled, at every start, and what is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.node.azure.block import deallocate, holds, reboot, with_disks

if TYPE_CHECKING:
    from tests.unit.node.azure.kit import AzureMachine

FSTAB = "LABEL=cluster-nvme /mnt/resource_nvme xfs nofail,noauto,x-systemd.device-timeout=10 0 0"
EIGHT = " ".join(f"/dev/nvme{n}n1" for n in range(8))


@pytest.fixture(autouse=True)
def _alone(node: AzureMachine) -> None:
    node.only("disks")


def fstab(node: AzureMachine) -> list[str]:
    return [line for line in node.text("/etc/fstab").splitlines() if "resource_nvme" in line]


def test_blank_disks_are_made_into_one_array(node: AzureMachine) -> None:
    with_disks(node, 8)
    node.configure(nvme_disks=8)

    done = node.unit("disks")

    assert done.returncode == 0, done.stderr
    assert node.calls("mdadm") == [
        "mdadm --create /dev/md/cluster-nvme --run --level 0 --chunk 128 --metadata 1.2 --name cluster-nvme "
        f"--homehost any --raid-devices 8 {EIGHT}"
    ]
    assert node.calls("mkfs.xfs") == ["mkfs.xfs -q -f -K -L cluster-nvme /dev/md/cluster-nvme"]
    assert node.calls("mount") == ["mount /mnt/resource_nvme"]
    assert fstab(node) == [FSTAB]


def test_everybody_may_write_there_and_to_the_cache(node: AzureMachine) -> None:
    with_disks(node, 8)

    node.unit("disks")

    for path in ("mnt/resource_nvme", "mnt/resource_nvme/hf_cache"):
        assert (node.root / path).stat().st_mode & 0o7777 == 0o1777


def test_a_reboot_assembles_what_is_there_and_makes_nothing(node: AzureMachine) -> None:
    with_disks(node, 8)
    node.unit("disks")
    reboot(node)

    done = node.unit("disks")

    assert done.returncode == 0, done.stderr
    assert node.calls("mdadm") == [f"mdadm --assemble /dev/md/cluster-nvme --homehost any {EIGHT}"]
    assert node.calls("mkfs.xfs") == node.calls("wipefs") == []
    assert node.calls("mount") == ["mount /mnt/resource_nvme"]
    assert fstab(node) == [FSTAB]


def test_an_array_that_udev_has_assembled_is_taken_as_it_is(node: AzureMachine) -> None:
    with_disks(node, 8)
    node.unit("disks")
    reboot(node)
    (node.root / "active").write_text("/dev/nvme0n1 disk\n/dev/md127 raid0\n")
    holds(node, "/dev/md127", "LABEL=cluster-nvme", "TYPE=xfs")

    done = node.unit("disks")

    assert done.returncode == 0, done.stderr
    assert node.calls("mdadm") == node.calls("mkfs.xfs") == []
    assert node.calls("mount") == ["mount /mnt/resource_nvme"]


def test_after_a_deallocation_the_blank_disks_are_made_anew(node: AzureMachine) -> None:
    with_disks(node, 8)
    node.unit("disks")
    deallocate(node)

    done = node.unit("disks")

    assert done.returncode == 0, done.stderr
    assert len(node.calls("mdadm --create")) == len(node.calls("mkfs.xfs")) == 1
    assert fstab(node) == [FSTAB]


def test_an_array_of_which_a_disk_was_replaced_is_made_anew(node: AzureMachine) -> None:
    with_disks(node, 8)
    node.unit("disks")
    reboot(node)
    holds(node, "/dev/nvme3n1")

    done = node.unit("disks")

    assert "1 of 8 disks are blank" in done.stderr
    assert node.calls("wipefs") == [f"wipefs --all --quiet {EIGHT}"]
    assert len(node.calls("mdadm --create")) == 1
    assert node.calls("mkfs.xfs") == ["mkfs.xfs -q -f -K -L cluster-nvme /dev/md/cluster-nvme"]


def test_what_udev_has_begun_to_assemble_of_a_lost_array_lets_its_disks_go(node: AzureMachine) -> None:
    with_disks(node, 2)
    holds(node, "/dev/nvme1n1", "LABEL=any:cluster-nvme", "TYPE=linux_raid_member")
    (node.root / "active").write_text("/dev/nvme0n1 disk\n/dev/nvme1n1 disk\n/dev/md127 md\n")

    done = node.unit("disks")

    assert done.returncode == 0, done.stderr
    assert [call.split()[1:3] for call in node.calls("mdadm")] == [
        ["--stop", "/dev/md127"],
        ["--create", "/dev/md/cluster-nvme"],
    ]


def test_an_array_of_which_a_disk_is_missing_is_kept(node: AzureMachine) -> None:
    with_disks(node, 8)
    node.unit("disks")
    reboot(node)
    (node.root / "models").write_text("".join((node.root / "models").read_text().splitlines(keepends=True)[:7]))
    (node.root / "cannot-assemble").touch()

    done = node.unit("disks")

    assert done.returncode == 1
    assert node.calls("mdadm --create") == node.calls("wipefs") == node.calls("mkfs.xfs") == []


def test_an_array_without_a_file_system_gets_one(node: AzureMachine) -> None:
    with_disks(node, 2)
    for disk in ("/dev/nvme0n1", "/dev/nvme1n1"):
        holds(node, disk, "LABEL=any:cluster-nvme", "TYPE=linux_raid_member")

    node.unit("disks")

    assert node.calls("mkfs.xfs") == ["mkfs.xfs -q -f -K -L cluster-nvme /dev/md/cluster-nvme"]


def test_an_array_that_somebody_formatted_is_left_alone(node: AzureMachine) -> None:
    with_disks(node, 2)
    for disk in ("/dev/nvme0n1", "/dev/nvme1n1"):
        holds(node, disk, "LABEL=any:cluster-nvme", "TYPE=linux_raid_member")
    holds(node, "/dev/md/cluster-nvme", "LABEL=mine", "TYPE=ext4")

    done = node.unit("disks")

    assert done.returncode == 1
    assert "/dev/md/cluster-nvme holds something else (ext4)" in done.stderr
    assert node.calls("mkfs.xfs") == node.calls("mount") == []


def test_the_last_disk_of_an_array_is_not_taken_for_a_single_one(node: AzureMachine) -> None:
    with_disks(node, 1)
    holds(node, "/dev/nvme0n1", "LABEL=any:cluster-nvme", "TYPE=linux_raid_member")

    assert node.unit("disks").returncode == 1
    assert node.calls("mkfs.xfs") == node.calls("mount") == []


def test_disks_that_somebody_else_uses_are_left_alone(node: AzureMachine) -> None:
    with_disks(node, 2)
    holds(node, "/dev/nvme1n1", "LABEL=mine", "TYPE=ext4")

    done = node.unit("disks")

    assert done.returncode == 1
    assert "/dev/nvme1n1 holds something else (ext4)" in done.stderr
    for command in ("mdadm", "wipefs", "mkfs.xfs", "mount"):
        assert node.calls(command) == []


def test_a_partition_table_is_somebody_elses(node: AzureMachine) -> None:
    with_disks(node, 1)
    holds(node, "/dev/nvme0n1", "PTTYPE=gpt")

    assert "holds something else (gpt)" in node.unit("disks").stderr
    assert node.calls("mkfs.xfs") == []


def test_a_single_disk_needs_no_array(node: AzureMachine) -> None:
    with_disks(node, 1)

    node.unit("disks")
    assert node.calls("mdadm") == []
    assert node.calls("mkfs.xfs") == ["mkfs.xfs -q -f -K -L cluster-nvme /dev/nvme0n1"]
    reboot(node)

    node.unit("disks")
    assert node.calls("mkfs.xfs") == []
    assert node.calls("mount") == ["mount /mnt/resource_nvme"]


def test_the_older_model_of_disk_is_known_too(node: AzureMachine) -> None:
    with_disks(node, 2, model="Microsoft NVMe Direct Disk")

    node.unit("disks")

    assert len(node.calls("mdadm --create")) == 1


def test_remote_disks_and_the_systems_own_are_never_taken(node: AzureMachine) -> None:
    with_disks(node, 0)

    done = node.unit("disks")

    assert done.returncode == 0
    assert "no NVMe disks of its own" in done.stdout
    assert node.calls("mdadm") == node.calls("mkfs.xfs") == []


@pytest.mark.parametrize("count", [0, 7])
def test_disks_that_are_fewer_than_the_size_has_are_said(node: AzureMachine, count: int) -> None:
    with_disks(node, count)
    node.configure(nvme_disks=8)

    done = node.unit("disks")

    assert f"shows {count} NVMe disks of its own; its size has 8" in done.stdout
    assert [call.partition("--raid-devices ")[2][:1] for call in node.calls("mdadm")] == ["7"] * bool(count)


def test_what_is_mounted_there_already_is_left_alone(node: AzureMachine) -> None:
    with_disks(node, 8)
    (node.root / "mounted").touch()
    (node.root / "mnt/resource_nvme").mkdir(parents=True)

    done = node.unit("disks")

    assert "mounted already, from /dev/md127" in done.stdout
    assert node.calls("mdadm") == node.calls("mkfs.xfs") == []


def test_the_record_tells_of_the_mount(node: AzureMachine) -> None:
    with_disks(node, 8)

    node.start()

    (mount,) = node.step("disks")["mounts"]
    assert node.step("disks")["status"] == "ok"
    assert (mount["source"], mount["path"], mount["status"]) == ("/dev/md127", "/mnt/resource_nvme", "ok")


def test_disks_that_cannot_be_used_fail_the_node(node: AzureMachine) -> None:
    with_disks(node, 2)
    holds(node, "/dev/nvme0n1", "LABEL=mine", "TYPE=ext4")

    node.start()

    assert (node.record()["status"], node.record()["step"]) == ("failed", "disks")
    assert "holds something else (ext4)" in node.step("disks")["tail"]


def test_logins_services_and_the_command_find_hugging_faces_cache(node: AzureMachine) -> None:
    with_disks(node, 8)
    node.configure(startup_command=f'printf %s "$HF_HOME" >{node.root}/seen')

    node.start()

    node.cloud.record_when(lambda r: r["step"] == "done")
    assert node.text("/etc/environment") == "HF_HOME=/mnt/resource_nvme/hf_cache\n"
    services = node.text("/etc/systemd/system.conf.d/cluster-cache.conf")
    assert services == "[Manager]\nDefaultEnvironment=HF_HOME=/mnt/resource_nvme/hf_cache\n"
    assert "systemctl set-environment HF_HOME=/mnt/resource_nvme/hf_cache" in node.calls("systemctl")
    assert node.text("/seen") == "/mnt/resource_nvme/hf_cache"


def test_a_cache_that_somebody_has_chosen_stays(node: AzureMachine) -> None:
    with_disks(node, 8)
    (node.root / "etc/environment").write_text("HF_HOME=/data\n")

    node.start()
    node.start()

    assert node.text("/etc/environment") == "HF_HOME=/data\n"


def test_the_caches_setting_goes_when_the_disks_are_gone(node: AzureMachine) -> None:
    with_disks(node, 8)
    node.start()
    reboot(node)
    (node.root / "models").write_text("")

    node.start()

    assert node.step("disks")["status"] == "skipped"
    assert "no NVMe disks of its own" in node.step("disks")["tail"]
    assert node.text("/etc/environment") == ""
    assert not (node.root / "etc/systemd/system.conf.d/cluster-cache.conf").exists()
