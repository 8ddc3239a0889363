"""Buckets mounted with gcsfuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.node.trial import Machine

TWO = [{"bucket": "data-1", "path": "/mnt/data"}, {"bucket": "out", "path": "/mnt/my results"}]


@pytest.fixture(autouse=True)
def _alone(machine: Machine) -> None:
    machine.only("buckets")


def lines(machine: Machine) -> list[str]:
    return [line for line in (machine.root / "etc/fstab").read_text().splitlines() if " gcsfuse " in line]


def repository(machine: Machine, answers: str) -> None:
    """Google's packages answer by these branches of a `case` over curl's arguments."""
    machine.command("curl", f'case "$*" in {answers} *packages.cloud*) ;; *) exec /usr/bin/curl "$@" ;; esac')


def test_each_bucket_gets_its_line_and_is_mounted(machine: Machine) -> None:
    machine.configure(buckets=TWO)

    machine.start()

    options = "rw,_netdev,implicit_dirs,allow_other,file_mode=777,dir_mode=777"
    assert lines(machine) == [
        f"data-1 /mnt/data gcsfuse {options} 0 0",
        f"out /mnt/my\\040results gcsfuse {options} 0 0",
    ]
    assert machine.calls("mount") == ["mount /mnt/data", "mount /mnt/my results"]
    assert (machine.root / "mnt/my results").is_dir()
    assert machine.step("buckets")["status"] == "ok"
    assert machine.calls("apt-get") == []


def test_a_reboot_adds_no_second_line(machine: Machine) -> None:
    machine.configure(buckets=TWO)
    machine.start()
    before = lines(machine)

    machine.start()

    assert lines(machine) == before


def test_a_last_line_without_an_end_stays_a_line_of_its_own(machine: Machine) -> None:
    boot = "LABEL=UEFI /boot/efi vfat umask=0077 0 1"
    (machine.root / "etc/fstab").write_text(boot)
    machine.configure(buckets=TWO)

    machine.start()

    assert (machine.root / "etc/fstab").read_text().splitlines() == [boot, *lines(machine)]
    assert len(lines(machine)) == 2


def test_a_bucket_that_is_mounted_is_left_alone(machine: Machine) -> None:
    machine.configure(buckets=TWO[:1])
    machine.command("findmnt", "echo data-1")

    machine.start()

    assert machine.calls("mount") == []
    assert machine.step("buckets")["status"] == "ok"


def test_a_mount_point_of_another_line_is_refused_by_name(machine: Machine) -> None:
    taken = "server:/export /mnt/data nfs defaults 0 0"
    with (machine.root / "etc/fstab").open("a") as fstab:
        fstab.write(taken + "\n")
    machine.configure(buckets=TWO)

    machine.start()

    assert machine.record()["status"] == "failed"
    assert taken in machine.step("buckets")["tail"]
    assert machine.calls("mount") == []
    assert lines(machine) == []


def test_a_mount_that_fails_fails_the_node_with_what_it_said(machine: Machine) -> None:
    machine.configure(buckets=TWO[:1])
    machine.command("mount", "echo 'bucket does not exist' >&2; exit 32")

    machine.start()

    assert machine.record()["step"] == "buckets"
    assert "bucket does not exist" in machine.step("buckets")["tail"]


def test_gcsfuse_is_installed_where_it_is_missing(machine: Machine) -> None:
    # Google's repository has no suite for this distribution's release, but one for the release before.
    (machine.root / "bin/gcsfuse").unlink()
    (machine.root / "etc/os-release").write_text("ID=debian\nVERSION_CODENAME=forky\n")
    repository(machine, "*gcsfuse-forky*) printf 404 ;; *InRelease*) printf 200 ;;")
    machine.configure(buckets=TWO[:1])

    machine.start()

    source = (machine.root / "etc/apt/sources.list.d/gcsfuse.list").read_text()
    assert source.split("] ")[1] == "https://packages.cloud.google.com/apt gcsfuse-trixie main\n"
    assert "signed-by=" in source
    assert any("install --no-install-recommends gcsfuse" in call for call in machine.calls("apt-get"))
    assert machine.step("buckets")["status"] == "ok"


def test_a_repository_that_does_not_answer_yet_is_asked_again(machine: Machine) -> None:
    machine.environment["INSTALL_LIMIT"] = "20"
    (machine.root / "bin/gcsfuse").unlink()
    (machine.root / "etc/os-release").write_text("ID=debian\nVERSION_CODENAME=bookworm\n")
    once = '[[ -e "$NODE_ROOT/asked" ]] && printf 200 || { touch "$NODE_ROOT/asked"; exit 28; } ;;'
    repository(machine, f"*InRelease*) {once}")
    machine.configure(buckets=TWO[:1])

    machine.start()

    source = (machine.root / "etc/apt/sources.list.d/gcsfuse.list").read_text()
    assert source.endswith(" gcsfuse-bookworm main\n")


def test_gcsfuse_is_installed_where_it_is_missing_on_rocky_linux(machine: Machine) -> None:
    (machine.root / "bin/gcsfuse").unlink()
    (machine.root / "etc/os-release").write_text('ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n')
    (machine.root / "etc/yum.repos.d").mkdir()
    machine.command("yum")
    machine.configure(buckets=TWO[:1])

    machine.start()

    repository = (machine.root / "etc/yum.repos.d/gcsfuse.repo").read_text()
    assert "baseurl=https://packages.cloud.google.com/yum/repos/gcsfuse-el7-x86_64\n" in repository
    assert "gpgcheck=1\n" in repository
    assert machine.calls("yum") == ["yum -q -y install gcsfuse"]
    assert machine.calls("apt-get") == []
    assert machine.step("buckets")["status"] == "ok"


def test_gcsfuse_that_can_not_be_installed_fails_the_node(machine: Machine) -> None:
    (machine.root / "bin/gcsfuse").unlink()
    (machine.root / "etc/os-release").write_text("ID=ubuntu\nVERSION_CODENAME=jammy\n")
    repository(machine, "*InRelease*) printf 200 ;;")
    machine.command("apt-get", "echo 'E: Unable to locate package'; exit 100")
    machine.configure(buckets=TWO[:1])

    machine.start()

    assert machine.record()["status"] == "failed"
    assert "Unable to locate package" in machine.step("buckets")["tail"]
