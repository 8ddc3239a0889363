"""Owners of files, which only root can set, and links that lead elsewhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.plan import Block, File

if TYPE_CHECKING:
    from tests.unit.node.apply.kit import Machine

CONF = File("/etc/app.conf", "new\n")

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")


def test_no_link_of_a_users_leads_root_to_what_is_not_theirs(machine: Machine) -> None:
    home = machine.root / "home/mallory"
    home.mkdir()
    (home / ".ssh").symlink_to(machine.root / "etc")
    os.chown(home, 1000, 1000)
    ended = machine.apply(File("/home/mallory/.ssh/authorized_keys", "ssh-ed25519 AAAA\n"))
    assert "symbolic link of user 1000" in ended.lines["file /home/mallory/.ssh/authorized_keys"]["detail"]
    assert not (machine.root / "etc/authorized_keys").exists()


def test_roots_folder_in_a_users_folder_is_no_link(machine: Machine) -> None:
    (machine.root / "srv/slurm/d").mkdir(parents=True)
    os.chown(machine.root / "srv/slurm", 1000, 1000)
    assert machine.apply(File("/srv/slurm/d/state", "x")).states == {"file /srv/slurm/d/state": "changed"}


def test_owners_are_set_and_come_back(machine: Machine) -> None:
    path = machine.write("etc/app.conf", "old\n")
    os.chown(path, 1000, 44)
    machine.apply(File("/etc/app.conf", "new\n", owner="ann", group="gpu", mode="0640"))
    assert (path.stat().st_uid, path.stat().st_gid) == (1000, 44)
    machine.apply(CONF)
    assert (path.stat().st_uid, path.stat().st_gid) == (0, 0)
    machine.undo()
    assert (path.stat().st_uid, path.stat().st_gid) == (1000, 44)


def test_a_file_made_for_a_block_gets_its_owner(machine: Machine) -> None:
    machine.apply(Block("/home/ann/keys", "vega", ("ssh-ed25519 AAAA",), "0600", "ann", "gpu"))
    found = (machine.root / "home/ann/keys").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (1000, 44, 0o600)


def test_an_owner_that_is_missing_is_named(machine: Machine) -> None:
    ended = machine.apply(File("/etc/app.conf", "x", owner="nobody-here"))
    assert ended.lines["file /etc/app.conf"]["detail"] == "there is no user nobody-here"
    assert not (machine.root / "etc/app.conf").exists()
