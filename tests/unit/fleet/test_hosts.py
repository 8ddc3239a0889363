"""UpdateHosts: what lies on the head and on the nodes afterwards, and that it serves to go from one to the other."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import CommandFailed, Unreachable
from cluster_provision.fleet.hosts import MARK, update_hosts

if TYPE_CHECKING:
    from tests.unit.fleet.kit import Farm, Machine


def ours(machine: Machine) -> list[str]:
    return [line for line in machine.authorized.read_text().splitlines() if line.endswith(MARK)]


def from_head(head: Machine, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in the head's home, as somebody would type it who works there."""
    environment = {"HOME": str(head.home), "PATH": os.environ["PATH"]}
    return subprocess.run(command, cwd=head.home, env=environment, capture_output=True, text=True, check=False)


def ssh(head: Machine, host: str, *command: str) -> subprocess.CompletedProcess[str]:
    """ssh(1) takes a home from the passwd file, so it is shown the head's files by options."""
    config = (head.home / ".ssh" / "cluster_config").read_text().replace("~/", f"{head.home}/")
    (head.home / "seen").write_text(config)
    return from_head(head, "ssh", "-F", str(head.home / "seen"), "-o", "BatchMode=yes", host, *command)


def test_both_hostfiles_have_the_same_order_with_the_head_first(farm: Farm) -> None:
    head, *_ = farm.add_many("vm-7", "vm-1", "vm-3")
    updated = update_hosts(farm.fleet())
    assert (head.home / "hostfile").read_text() == "vm-7\nvm-1\nvm-3\n"
    assert (head.home / "hostfile-ip").read_text() == "127.0.1.1\n127.0.1.2\n127.0.1.3\n"
    assert [(o.host.name, o.value, o.error) for o in updated.hosts] == [
        (name, True, None) for name in ("vm-7", "vm-1", "vm-3")
    ]


def test_from_the_head_every_machine_is_reached_by_name_and_address_without_a_question(farm: Farm) -> None:
    head, *others = farm.add_many("vm-0", "vm-1", "vm-2")
    update_hosts(farm.fleet())
    for machine in (head, *others):
        for way in (machine.name, machine.address):
            went = ssh(head, way, "echo", "$NODE_NAME")
            assert (went.returncode, went.stdout) == (0, f"{machine.name}\n"), went.stderr


def test_the_head_does_not_trust_another_machine_in_a_nodes_place(farm: Farm) -> None:
    head, other = farm.add_many("vm-0", "vm-1")
    update_hosts(farm.fleet())
    farm.stop(other)
    impostor = farm.add("impostor")
    farm.stop(impostor)
    impostor.address, impostor.port = other.address, other.port
    farm.start(impostor)
    went = ssh(head, "vm-1", "true")
    assert went.returncode == 255
    assert "Host key verification failed" in went.stderr


def test_the_keys_private_half_is_on_the_head_alone_and_for_its_user_only(farm: Farm) -> None:
    head, other = farm.add_many("vm-0", "vm-1")
    update_hosts(farm.fleet())
    key = head.home / ".ssh" / "cluster_key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in (other.home / ".ssh").iterdir()) == ["authorized_keys"]
    assert "PRIVATE" not in other.authorized.read_text()
    listed = subprocess.run(["ssh-keygen", "-l", "-f", key], capture_output=True, text=True, check=True).stdout
    assert "ED25519" in listed


def test_a_second_time_changes_nothing(farm: Farm) -> None:
    head, other = farm.add_many("vm-0", "vm-1")
    update_hosts(farm.fleet())
    before = {p: p.read_bytes() for m in (head, other) for p in m.home.rglob("*") if p.is_file()}
    again = update_hosts(farm.fleet())
    assert {p: p.read_bytes() for m in (head, other) for p in m.home.rglob("*") if p.is_file()} == before
    assert again.changed == ()
    assert [o.value for o in again.hosts] == [False, False]


def test_a_new_node_gets_the_key_and_a_removed_one_vanishes(farm: Farm) -> None:
    head, gone = farm.add_many("vm-0", "vm-1")
    update_hosts(farm.fleet())
    new = farm.add("vm-2")
    update_hosts(farm.fleet(head, new))
    assert len(ours(new)) == 1
    assert (head.home / "hostfile").read_text() == "vm-0\nvm-2\n"
    kept = "".join(p.read_text() for p in (head.home / ".ssh").glob("cluster_*") if p.name != "cluster_key")
    assert "vm-1" not in kept and gone.address not in kept
    assert ssh(head, "vm-2", "true").returncode == 0


def test_a_new_heads_key_takes_the_old_ones_place(farm: Farm) -> None:
    old, other = farm.add_many("vm-0", "vm-1")
    update_hosts(farm.fleet())
    before = ours(other)
    head = farm.add("vm-9")
    update_hosts(farm.fleet(head, other))
    assert len(ours(other)) == 1
    assert ours(other) != before
    assert ssh(old, "vm-1", "true").returncode == 255


def test_what_the_user_wrote_stays(farm: Farm) -> None:
    head, other = farm.add_many("vm-0", "vm-1")
    own = "Host mine\n    User me\n"
    (head.home / ".ssh" / "config").write_text(own)
    (head.home / ".ssh" / "known_hosts").write_text("mine ssh-ed25519 AAAA\n")
    theirs = other.authorized.read_text() + "ssh-rsa AAAAcolleague colleague"
    other.authorized.write_text(theirs)
    update_hosts(farm.fleet())
    update_hosts(farm.fleet())
    assert (head.home / ".ssh" / "config").read_text() == "Include cluster_config\n" + own
    assert (head.home / ".ssh" / "known_hosts").read_text() == "mine ssh-ed25519 AAAA\n"
    assert other.authorized.read_text().startswith(theirs + "\n")
    assert len(other.authorized.read_text().splitlines()) == 3


def test_a_node_that_is_down_is_told_and_the_others_are_served(farm: Farm) -> None:
    head, down, up = farm.add_many("vm-0", "vm-1", "vm-2")
    farm.stop(down)
    updated = update_hosts(farm.fleet())
    assert isinstance(updated.hosts[1].error, Unreachable)
    assert [o.value for o in updated.hosts] == [True, None, True]
    assert (head.home / "hostfile").read_text() == "vm-0\nvm-1\nvm-2\n"
    assert len(ours(up)) == 1


def test_a_node_that_cannot_hold_the_key_says_why(farm: Farm) -> None:
    _, broken = farm.add_many("vm-0", "vm-1")
    farm.program(
        "grep", '#!/bin/sh\n[ "$NODE_NAME" = vm-1 ] && { echo "disk on fire" >&2; exit 2; }\nexec /bin/grep "$@"\n'
    )
    before = broken.authorized.read_text()
    updated = update_hosts(farm.fleet())
    assert isinstance(updated.hosts[1].error, CommandFailed)
    assert updated.hosts[1].error.message == "vm-1: disk on fire"
    assert broken.authorized.read_text() == before
    assert [p.name for p in (broken.home / ".ssh").iterdir()] == ["authorized_keys"]


def test_a_head_without_ssh_keygen_fails_the_whole(farm: Farm) -> None:
    farm.add_many("vm-0", "vm-1")
    farm.program("ssh-keygen", "#!/bin/sh\necho 'no ssh-keygen here' >&2\nexit 127\n")
    with pytest.raises(CommandFailed, match="vm-0: no ssh-keygen here"):
        update_hosts(farm.fleet())


def test_a_head_whose_connection_breaks_meanwhile_is_told_as_such(farm: Farm) -> None:
    head, _ = farm.add_many("vm-0", "vm-1")
    begun = head.home / "begun"
    farm.program("ssh-keygen", f"#!/bin/sh\ntouch {begun}\nexec sleep 30\n")

    def cut() -> None:
        while not begun.exists():
            time.sleep(0.01)
        farm.cut(head)

    threading.Thread(target=cut, daemon=True).start()
    with pytest.raises(Unreachable, match="vm-0: the connection ended"):
        update_hosts(farm.fleet())


def test_only_the_given_machines_are_touched(farm: Farm) -> None:
    head, member = farm.add_many("vm-0", "vm-1")
    foreign = farm.add("other-vm-0")
    update_hosts(farm.fleet(head, member))
    assert ours(member) != []
    assert foreign.logins == []
    assert ours(foreign) == []


def test_host_key_checking_stays_on_for_every_other_host(farm: Farm) -> None:
    head, _ = farm.add_many("vm-0", "vm-1")
    update_hosts(farm.fleet())
    seen = str(head.home / ".ssh" / "cluster_config")
    for host, checking in (("vm-1", "true"), ("elsewhere.example", "ask")):
        shown = from_head(head, "ssh", "-G", "-F", seen, host).stdout
        assert f"stricthostkeychecking {checking}" in shown


def test_a_host_whose_port_is_another_is_known_by_it(farm: Farm) -> None:
    head = farm.add("vm-0")
    fleet = farm.fleet()
    standard = replace(fleet.head, name="vm-1", port=22)
    from cluster_provision.fleet.head_files import head_files

    known = head_files(replace(fleet, hosts=(fleet.head, standard)))[".ssh/cluster_known_hosts"]
    assert f"[vm-0]:{head.port},[127.0.1.1]:{head.port} ssh-ed25519 " in known
    assert "\nvm-1,127.0.1.1 ssh-ed25519 " in known
