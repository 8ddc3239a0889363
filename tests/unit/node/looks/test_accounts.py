"""Users and groups, and by which keys they log in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from node.looks.accounts import digest, groups, homes, users

if TYPE_CHECKING:
    from tests.unit.node.looks.conftest import Machine

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
OTHER = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBG=="


def test_users_are_those_of_the_machines_file(machine: Machine) -> None:
    machine.write("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nodd:x:many:0::/:/bin/sh\n+nis::::::\n")
    assert users(["alice", 2001]) == {"root": {"uid": 0, "gid": 0, "home": "/root", "shell": "/bin/bash"}}


def test_groups_are_those_of_the_machines_file(machine: Machine) -> None:
    machine.write("/etc/group", "root:x:0:\npeople:x:1000:alice,bob\n+:::\n")
    assert groups(["slurm", 64030]) == {"root": 0, "people": 1000}


def test_a_home_has_its_owner_and_the_keys_that_may_log_in(machine: Machine) -> None:
    machine.write("/etc/passwd", "ubuntu:x:1000:1000::/home/ubuntu:/bin/bash\n")
    machine.write("/home/ubuntu/.ssh/authorized_keys", f"# mine\n{KEY} ubuntu@desk\n")
    machine.write("/export/home/ubuntu/.ssh/authorized_keys2", f"{OTHER}\n")
    own = os.getuid()
    assert homes(["ubuntu", "nobody-here"], ["/export/home", "/gone"]) == {
        "/home/ubuntu": {"owner": own, "keys": [digest(KEY)]},
        "/export/home": {"owner": own, "keys": []},
        "/export/home/ubuntu": {"owner": own, "keys": [digest(OTHER)]},
    }


def test_a_key_is_the_same_whatever_stands_about_it() -> None:
    assert digest(f'restrict,from="10.0.0.0/8" {KEY} a comment') == digest(KEY) != digest(OTHER)
    assert len(digest(KEY)) == 64


def test_a_line_without_a_key_has_none() -> None:
    assert [digest(line) for line in ("", f"# {KEY}", "no key at all")] == ["", "", ""]
