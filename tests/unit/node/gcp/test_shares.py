"""Filestore's shares mounted with NFS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.node.trial import Machine

TWO = [
    {"address": "10.64.0.2", "share": "nfsshare", "path": "/mnt/share"},
    {"address": "10.64.0.10", "share": "nfsshare", "path": "/mnt/my results"},
]
OPTIONS = "hard,timeo=600,retrans=3,_netdev"


@pytest.fixture(autouse=True)
def _alone(machine: Machine) -> None:
    machine.only("buckets", "shares")


def lines(machine: Machine) -> list[str]:
    return [line for line in (machine.root / "etc/fstab").read_text().splitlines() if " nfs " in line]


def test_each_share_gets_its_line_and_is_mounted(machine: Machine) -> None:
    machine.configure(file_shares=TWO)

    machine.start()

    assert lines(machine) == [
        f"10.64.0.2:/nfsshare /mnt/share nfs {OPTIONS} 0 0",
        f"10.64.0.10:/nfsshare /mnt/my\\040results nfs {OPTIONS} 0 0",
    ]
    assert machine.calls("mount") == ["mount /mnt/share", "mount /mnt/my results"]
    assert (machine.root / "mnt/my results").is_dir()
    assert machine.step("shares")["status"] == "ok"
    assert machine.calls("apt-get") == []


def test_shares_come_after_the_buckets_and_before_the_command(machine: Machine) -> None:
    machine.steps = None
    machine.configure(file_shares=TWO[:1], buckets=[{"bucket": "data-1", "path": "/mnt/data"}])

    machine.start()

    assert machine.calls("mount") == ["mount /mnt/data", "mount /mnt/share"]
    assert [each["name"] for each in machine.record()["steps"]][:3] == ["files", "buckets", "shares"]


def test_the_record_tells_of_each_mount(machine: Machine) -> None:
    machine.only("files", "buckets", "shares")
    machine.configure(file_shares=TWO, buckets=[{"bucket": "data-1", "path": "/mnt/data"}])

    machine.start()

    told = [(m["source"], m["path"], m["status"]) for m in machine.step("shares")["mounts"]]
    assert told == [("10.64.0.2:/nfsshare", "/mnt/share", "ok"), ("10.64.0.10:/nfsshare", "/mnt/my results", "ok")]
    (bucket,) = machine.step("buckets")["mounts"]
    assert (bucket["source"], bucket["path"], bucket["status"]) == ("data-1", "/mnt/data", "ok")
    assert bucket["seconds"] >= 0
    assert "mounts" not in machine.step("files")


def test_a_reboot_adds_no_second_line_and_tells_of_each_mount_once(machine: Machine) -> None:
    machine.configure(file_shares=TWO)
    machine.start()
    before = lines(machine)

    machine.start()

    assert lines(machine) == before
    assert len(machine.step("shares")["mounts"]) == 2


def test_a_share_that_is_mounted_is_left_alone(machine: Machine) -> None:
    machine.configure(file_shares=TWO[:1])
    machine.command("findmnt", "echo 10.64.0.2:/nfsshare")

    machine.start()

    assert machine.calls("mount") == []
    assert machine.step("shares")["status"] == "ok"


def test_a_mount_point_of_another_line_is_refused_by_name(machine: Machine) -> None:
    machine.configure(file_shares=TWO, buckets=[{"bucket": "data-1", "path": "/mnt/share"}])

    machine.start()

    assert machine.record()["status"] == "failed"
    assert machine.record()["step"] == "shares"
    assert "data-1 /mnt/share gcsfuse" in machine.step("shares")["tail"]
    assert machine.calls("mount") == ["mount /mnt/share"]
    assert lines(machine) == []


def test_the_mount_that_fails_is_named_and_fails_the_node(machine: Machine) -> None:
    machine.configure(file_shares=TWO)
    machine.command("mount", "[[ $1 == /mnt/share ]] || { echo 'mount.nfs: access denied' >&2; exit 32; }")

    machine.start()

    step = machine.step("shares")
    assert machine.record()["status"] == "failed"
    assert [(m["path"], m["status"]) for m in step["mounts"]] == [("/mnt/share", "ok"), ("/mnt/my results", "failed")]
    assert "mount.nfs: access denied" in step["tail"]
    assert "10.64.0.10:/nfsshare could not be mounted at /mnt/my results" in step["tail"]


def test_a_server_that_is_not_up_yet_is_tried_again(machine: Machine) -> None:
    machine.configure(file_shares=TWO[:1])
    machine.environment["MOUNT_LIMIT"] = "10"
    machine.command("mount", '[[ $(grep -c "^mount " "$CALLS") -gt 2 ]]')

    machine.start()

    assert len(machine.calls("mount")) == 3
    assert machine.step("shares")["status"] == "ok"


def test_a_new_share_is_opened_to_everybody(machine: Machine) -> None:
    machine.configure(file_shares=TWO[:1])
    machine.command("stat", "echo '0 755'")
    machine.command("chmod")

    machine.start()

    assert f"chmod 1777 {machine.root}/mnt/share" in machine.calls("chmod")


def test_the_mode_that_somebody_gave_a_share_is_kept(machine: Machine) -> None:
    machine.configure(file_shares=TWO[:1])
    machine.command("stat", "echo '1000 750'")
    machine.command("chmod")

    machine.start()

    assert machine.step("shares")["status"] == "ok"
    assert machine.calls("chmod") == []


def without_client(machine: Machine, os_release: str) -> None:
    (machine.root / "bin/mount.nfs").unlink()
    (machine.root / "etc/os-release").write_text(os_release)
    machine.command("yum")
    machine.configure(file_shares=TWO[:1])


def test_the_client_is_installed_where_it_is_missing_on_debian_and_ubuntu(machine: Machine) -> None:
    without_client(machine, "ID=ubuntu\nID_LIKE=debian\n")

    machine.start()

    assert any("install --no-install-recommends nfs-common" in call for call in machine.calls("apt-get"))
    assert machine.calls("yum") == []


def test_the_client_is_installed_although_a_repository_of_the_image_is_gone(machine: Machine) -> None:
    without_client(machine, "ID=ubuntu\nID_LIKE=debian\n")
    machine.command("apt-get", '[[ $* != *update* ]] || { echo "E: no Release file"; exit 100; }')

    machine.start()

    assert machine.step("shares")["status"] == "ok"
    assert any("install --no-install-recommends nfs-common" in call for call in machine.calls("apt-get"))


def test_the_client_is_installed_where_it_is_missing_on_rocky_linux(machine: Machine) -> None:
    without_client(machine, 'ID="rocky"\nID_LIKE="rhel centos fedora"\n')

    machine.start()

    assert machine.calls("yum") == ["yum -q -y install nfs-utils"]
    assert machine.calls("apt-get") == []
    assert machine.step("shares")["status"] == "ok"
