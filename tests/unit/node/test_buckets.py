"""Buckets mounted with gcsfuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.node.trial import Machine

TWO = [{"bucket": "data-1", "path": "/mnt/data"}, {"bucket": "out", "path": "/mnt/my results"}]


def lines(machine: Machine) -> list[str]:
    return [line for line in (machine.root / "etc/fstab").read_text().splitlines() if " gcsfuse " in line]


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
    machine.command(
        "curl",
        'case "$*" in *gcsfuse-forky*) exit 22 ;; *packages.cloud.google.com*) ;; *) exec /usr/bin/curl "$@" ;; esac',
    )
    machine.configure(buckets=TWO[:1])

    machine.start()

    source = (machine.root / "etc/apt/sources.list.d/gcsfuse.list").read_text()
    assert source.split("] ")[1] == "https://packages.cloud.google.com/apt gcsfuse-trixie main\n"
    assert "signed-by=" in source
    assert any("install --no-install-recommends gcsfuse" in call for call in machine.calls("apt-get"))
    assert machine.step("buckets")["status"] == "ok"


def test_gcsfuse_that_can_not_be_installed_fails_the_node(machine: Machine) -> None:
    (machine.root / "bin/gcsfuse").unlink()
    (machine.root / "etc/os-release").write_text("ID=ubuntu\nVERSION_CODENAME=jammy\n")
    machine.command("curl", 'case "$*" in *packages.cloud.google.com*) ;; *) exec /usr/bin/curl "$@" ;; esac')
    machine.command("apt-get", "echo 'E: Unable to locate package'; exit 100")
    machine.configure(buckets=TWO[:1])

    machine.start()

    assert machine.record()["status"] == "failed"
    assert "Unable to locate package" in machine.step("buckets")["tail"]
