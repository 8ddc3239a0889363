"""The programs of a played machine change what its own files and its memory say, and nothing of this computer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.existing.played_kit import Played


def test_a_package_brings_what_it_needs_and_leaves_with_it(played: Played) -> None:
    machine = played.add("a")
    before = machine.read("/etc/passwd")
    assert played.out("a", "apt-cache policy slurmctld").splitlines()[1:3] == [
        "  Installed: (none)",
        "  Candidate: 22.05.8-4+deb12u3",
    ]
    played.out("a", "apt-get -q -y -o Dpkg::Options::=--force-confold install --no-install-recommends slurmctld")
    names = played.out("a", "dpkg-query --show '--showformat=${Package} ${db:Status-Status}\\n' munge slurm-client")
    assert names == "munge installed\nslurm-client installed"
    assert "slurm:x:64030:64030" in machine.read("/etc/passwd") != before
    assert played.out("a", "systemctl is-enabled slurmctld munge") == "enabled\nenabled"
    played.out("a", "apt-get purge slurmctld slurm-client slurm-wlm-basic-plugins munge")
    assert "slurmctld" not in machine.read("/var/lib/dpkg/status")
    assert not machine.path("/etc/slurm").exists()
    assert played.call("a", "systemctl is-enabled slurmctld").status == 1


def test_another_release_has_other_packages(played: Played) -> None:
    played.add("a", release="13")
    assert "Candidate: 24.11.5-4+deb13u1" in played.out("a", "apt-cache policy sackd")
    played.add("b")
    assert played.call("b", "apt-get install sackd").err.getvalue() == "E: Unable to locate package sackd\n"


def test_dpkg_says_why_a_package_can_not_go(played: Played) -> None:
    played.add("a")
    played.out("a", "apt-get install slurmd")
    said = played.call("a", "dpkg --simulate --purge munge").out.getvalue()
    assert " slurmd depends on munge." in said
    assert "error processing package munge" in said


def test_packages_that_break_while_they_are_unpacked_say_so(played: Played) -> None:
    played.add("a", broken_packages=["munge"])
    done = played.call("a", "apt-get install slurmd")
    assert done.status == 100
    assert "no space left" in done.err.getvalue()
    assert "slurmd" not in played.of("a").read("/var/lib/dpkg/status")


def test_users_and_groups_come_and_go_in_the_machines_own_files(played: Played) -> None:
    machine = played.add("a")
    before = {path: machine.read(path) for path in ("/etc/passwd", "/etc/group")}
    played.out("a", "groupadd --gid=20000 -- team")
    played.out(
        "a", "useradd --home=/home/eva --shell=/bin/bash --groups=sudo --uid=20001 --gid=team --create-home -- eva"
    )
    assert "eva:x:20001:20000::/home/eva:/bin/bash" in machine.read("/etc/passwd")
    assert "sudo:x:27:eva" in machine.read("/etc/group")
    assert machine.path("/home/eva").is_dir()
    played.out("a", "usermod --expiredate=1 --groups=users -- eva")
    assert "sudo:x:27:\n" in machine.read("/etc/group")
    assert machine.read("/etc/shadow").splitlines()[-1].split(":")[7] == "1"
    played.out("a", "userdel --remove -- eva")
    played.out("a", "groupdel team")
    assert {path: machine.read(path) for path in before} == before
    assert not machine.path("/home/eva").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("useradd --uid=0 -- x", "UID 0 is not unique"),
        ("useradd --gid=nobodys -- x", "group 'nobodys' does not exist"),
        ("useradd -- root", "already exists"),
        ("groupadd --gid=0 -- x", "GID '0' already exists"),
        ("userdel -- x", "does not exist"),
        ("usermod --shell=/bin/sh -- x", "does not exist"),
        ("groupdel x", "does not exist"),
    ],
)
def test_what_useradd_and_its_like_refuse_is_refused(played: Played, line: str, words: str) -> None:
    played.add("a")
    done = played.call("a", line)
    assert done.status != 0
    assert words in done.err.getvalue()


def test_a_unit_that_lacks_what_it_needs_does_not_start(played: Played) -> None:
    played.add("a")
    played.out("a", "apt-get install slurmctld")
    done = played.call("a", "systemctl start slurmctld")
    assert (done.status, "munge is not running" in done.err.getvalue()) == (1, True)
    played.out("a", "systemctl start munge")
    assert "/etc/slurm/slurm.conf" in played.call("a", "systemctl start slurmctld").err.getvalue()
    assert played.out("a", "systemctl show --property=LoadState,ActiveState -- slurmctld none munge.service") == (
        "LoadState=loaded\nActiveState=failed\n\nLoadState=not-found\nActiveState=inactive\n\n"
        "LoadState=loaded\nActiveState=active"
    )


def test_a_unit_fails_by_a_condition(played: Played) -> None:
    played.add("a", fails=["munge"])
    played.out("a", "apt-get install munge")
    assert played.call("a", "systemctl restart munge").status == 1


def test_a_daemon_that_runs_is_in_proc(played: Played) -> None:
    machine = played.add("a")
    played.out("a", "apt-get install munge")
    played.out("a", "systemctl start munge")
    assert [file.read_text() for file in machine.path("/proc").glob("*/comm")] == ["munged\n"]
    played.out("a", "systemctl stop munge")
    assert list(machine.path("/proc").glob("*/comm")) == []


@pytest.mark.parametrize("program", ["scontrol", "nvidia-smi", "chronyc", "make", "/usr/bin/gcc"])
def test_what_the_machine_does_not_have_is_not_found(played: Played, program: str) -> None:
    played.add("a")
    with pytest.raises(FileNotFoundError):
        played.call("a", program)


def test_gpus_are_as_many_as_the_machine_is_said_to_have(played: Played) -> None:
    played.add("a", gpus=7)
    lines = played.out("a", "nvidia-smi -L").splitlines()
    assert (len(lines), lines[6].partition(" (UUID")[0]) == (7, "GPU 6: NVIDIA H100 80GB HBM3")


def test_the_machine_has_one_address_beside_its_loopback(played: Played) -> None:
    played.add("a")
    told = json.loads(played.out("a", "ip -json address show"))
    assert [each["addr_info"][0]["local"] for each in told] == ["127.0.0.1", "10.213.0.2"]


def test_folders_of_tmpfiles_are_made(played: Played) -> None:
    played.add("a").write("/etc/tmpfiles.d/x.conf", "# ours\nd /tmp/jobs 1777 root root -\n")
    assert played.call("a", "test -d /tmp/jobs").status == 1
    played.out("a", "systemd-tmpfiles --create /etc/tmpfiles.d/x.conf")
    played.out("a", "test -d /tmp/jobs")


def test_a_share_is_mounted_by_its_line_in_fstab_unless_its_server_is_off(played: Played) -> None:
    machine = played.add("a")
    played.add("storage")
    machine.write("/etc/fstab", "storage:/export /mnt/x nfs rw 0 0\n")
    assert "mount point does not exist" in played.call("a", "mount -- /mnt/x").err.getvalue()
    machine.path("/mnt/x").mkdir(parents=True)
    played.out("a", "mount -- /mnt/x")
    assert "storage:/export /mnt/x nfs rw 0 0\n" in machine.read("/proc/self/mounts")
    played.out("a", "umount -- /mnt/x")
    assert "/mnt/x" not in machine.read("/proc/self/mounts")
    played.tell("storage", starts=False)
    assert "Connection timed out" in played.call("a", "mount -- /mnt/x").err.getvalue()
