"""Machines and users that come and go while the cluster lives."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist
from tests.integration.checks import rows

if TYPE_CHECKING:
    from tests.integration.existing.tool import ExistingTool

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
TWO, FOUR = {"NODES": "node[1-2]"}, {"NODES": "node[1-4]"}


def nodes_in_slurm(existing: ExistingTool) -> set[str]:
    """By slurm.conf, whose lines depend on the addresses that the machines happened to get."""
    text = existing.file("head", "/etc/slurm/slurm.conf").read_text()
    return {name for listed in re.findall(r"^NodeName=(\S+)", text, re.MULTILINE) for name in expand_hostlist(listed)}


def test_a_node_joins_and_a_busy_one_counts_as_proven(existing: ExistingTool) -> None:
    existing.result("Create")
    existing.wrong(node1={"jobs": [17]})
    grown = existing.result("Create", **FOUR)
    assert {n["name"]: n["status"] for n in grown["nodes"]}["node4"] == "ready"
    status, told = rows(grown)["proof"]
    assert status == "ok" and "1 are busy with other jobs" in told
    assert not any(existing.result("Create", **FOUR)["changes"].values())
    existing.wrong()
    existing.nothing_is_left_after_destroy(**FOUR)


def test_a_node_that_is_taken_off_is_drained_and_given_back(existing: ExistingTool) -> None:
    existing.result("Validate")
    before = existing.snapshot("node3")
    existing.result("Create")
    planned = existing.run("Plan", **TWO)
    assert "node3 would leave the cluster and be given back" in planned.stderr
    shrunk = existing.result("Create", **TWO)
    assert [n["name"] for n in shrunk["nodes"]] == ["head", "node1", "node2"]
    assert existing.snapshot("node3") == before
    seen = existing.result("Status", **TWO)
    assert [(n["name"], n["part"], n["status"]) for n in seen["nodes"]] == [
        ("head", "controller+login", "ready"),
        ("node1", "node", "ready"),
        ("node2", "node", "ready"),
    ]
    assert "machines that leave" not in rows(seen)
    assert sorted(existing.kept("machines.json")) == ["head", "node1", "node2"]
    assert nodes_in_slurm(existing) == {"node1", "node2"}
    assert not any(existing.result("Create", **TWO)["changes"].values())


def test_a_node_that_is_reached_by_passwords_is_given_back_too(existing: ExistingTool) -> None:
    passwords = {}
    for name in ("SSH_PASSWORD_FILE", "SUDO_PASSWORD_FILE"):
        file = existing.folder / name
        file.write_text("a password\n")
        passwords[name] = str(file)
    passwords["SSH_USER"] = "ops"
    existing.result("Create", **passwords)
    shrunk = existing.run("Create", **TWO, **passwords)
    assert shrunk.returncode == 0 and "1 of 1 given back" in shrunk.stderr
    assert not existing.file("node3", "/var/lib/cluster-provision/demo").exists()


def test_the_state_knows_how_each_machine_is_reached_and_no_password(existing: ExistingTool) -> None:
    word = existing.folder / "password"
    word.write_text("canary-word\n")
    existing.result("Create", SUDO_PASSWORD_FILE=str(word))
    kept = existing.kept("machines.json")
    assert {name: each["compute"] for name, each in kept.items()} == {
        "head": False,
        "node1": True,
        "node2": True,
        "node3": True,
    }
    for name, each in kept.items():
        assert (each["address"], each["user"], each["port"], each["aliases"]) == (name, "root", 22, [])
        assert each["host_keys"][0].startswith("ssh-ed25519 ")
    assert "canary-word" not in existing.state("machines.json").read_text()
    assert existing.state("machines.json").stat().st_mode & 0o077 == 0


def test_a_node_whose_jobs_run_on_stays_and_gets_no_new_ones(existing: ExistingTool) -> None:
    existing.result("Create")
    existing.wrong(node3={"jobs": [17, 18]})
    refused = existing.result("Create", expected=21, **TWO, DRAIN_TIMEOUT="0")["error"]
    assert "jobs still run on node3" in refused["message"] and "17, 18" in refused["message"]
    assert existing.remembers("head")["drained"] == {"node3": "cluster-provision: leaves the cluster"}
    assert nodes_in_slurm(existing) == {"node1", "node2", "node3"} and "node3" in existing.kept("machines.json")
    existing.wrong()
    assert existing.result("Create", **TWO)["ok"]
    assert nodes_in_slurm(existing) == {"node1", "node2"}


def test_a_node_that_left_is_back_with_the_next_create(existing: ExistingTool) -> None:
    existing.result("Create")
    existing.wrong(node3={"jobs": [17]})
    existing.result("Create", expected=21, **TWO, DRAIN_TIMEOUT="0")
    back = existing.result("Create")
    assert {n["name"]: n["status"] for n in back["nodes"]}["node3"] == "ready", rows(back)


def test_a_node_that_leaves_and_is_off_is_told_and_given_back_once_it_is_there_again(existing: ExistingTool) -> None:
    existing.result("Validate")
    before = existing.snapshot("node3")
    existing.result("Create")
    existing.wrong(node3={"starts": False})
    shrunk = existing.result("Create", **TWO)
    assert rows(shrunk)["machines that leave"] == ("unknown", "node3 is not given back")
    assert "node3" in existing.kept("machines.json") and nodes_in_slurm(existing) == {"node1", "node2"}
    seen = existing.result("Status", **TWO)
    assert [n["name"] for n in seen["nodes"]] == ["head", "node1", "node2"]
    assert rows(seen)["machines that leave"][1].startswith("node3 is to leave, and not given back")
    existing.wrong()
    existing.result("Create", **TWO)
    assert existing.snapshot("node3") == before
    assert "node3" not in existing.kept("machines.json")


def test_destroy_ends_with_15_where_a_machine_is_off_and_goes_on_later(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    existing.result("Create")
    existing.wrong(node2={"starts": False})
    failed = existing.result("Destroy", expected=15)["error"]
    assert "node2 does not answer" in failed["message"]
    assert existing.state("machines.json").exists()
    existing.wrong()
    existing.nothing_is_left_after_destroy()
    assert existing.snapshot() == before


def users(existing: ExistingTool, *lines: str) -> dict[str, str]:
    file = existing.folder / "users"
    file.write_text("".join(f"{line}\n" for line in lines))
    return {"USERS_FILE": str(file)}


def account(existing: ExistingTool, machine: str, name: str) -> list[str]:
    """The user's line in /etc/passwd, and when it expires."""
    fields: dict[str, Any] = {}
    for table in ("passwd", "shadow"):
        for line in existing.file(machine, f"/etc/{table}").read_text().splitlines():
            if line.startswith(f"{name}:"):
                fields[table] = line.split(":")
    return [fields["passwd"][2], fields["passwd"][3], fields["shadow"][7]] if fields else []


def test_users_are_added_and_locked_and_go_at_the_end(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    existing.result("Create", **users(existing, f"alice:2001::{KEY}"))
    assert account(existing, "node2", "alice") == ["2001", "2001", ""]
    both = users(existing, f"alice:2001::{KEY}", f"bob:2002:2001:sudo:{KEY}")
    existing.result("Create", **both)
    assert account(existing, "head", "bob") == ["2002", "2001", ""]
    assert not any(existing.result("Create", **both)["changes"].values())
    one = users(existing, f"bob:2002:2001:sudo:{KEY}")
    existing.result("Create", **one)
    assert account(existing, "node1", "alice") == ["2001", "2001", "1"]
    assert existing.file("head", "/home/alice").is_dir()
    assert not any(existing.result("Create", **one)["changes"].values())
    existing.nothing_is_left_after_destroy(**one, DELETE_DATA="yes")
    assert existing.snapshot() == before


def test_a_user_who_comes_back_is_let_in_again(existing: ExistingTool) -> None:
    alice = users(existing, f"alice:2001::{KEY}")
    existing.result("Create", **alice)
    existing.result("Create")
    assert account(existing, "node1", "alice")[2] == "1"
    existing.result("Create", **users(existing, f"alice:2001::{KEY}"))
    assert account(existing, "node1", "alice")[2] == ""


def test_a_users_number_that_is_anothers_is_named(existing: ExistingTool) -> None:
    existing.are_there()
    file = existing.file("node2", "/etc/passwd")
    file.write_text(file.read_text() + "mallory:x:2001:2001::/home/mallory:/bin/bash\n")
    refused = existing.result("Create", expected=24, **users(existing, f"alice:2001::{KEY}"))["error"]
    assert "node2 has the user mallory with the number 2001 of alice" in refused["message"]
    assert existing.left() == []


def test_the_state_is_found_again_from_the_env_file_alone(existing: ExistingTool) -> None:
    existing.result("Create")
    elsewhere = existing.folder / "elsewhere"
    elsewhere.mkdir()
    found = existing.result("Status", HOME=str(elsewhere), TMPDIR=str(elsewhere))
    assert rows(found)["nodes in Slurm"] == ("ok", "3 of 3 up")
    existing.nothing_is_left_after_destroy(HOME=str(elsewhere), TMPDIR=str(elsewhere))


def test_a_machine_that_lost_its_journal_is_given_back_by_the_controllers_copy(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    existing.result("Create")
    own = existing.file("node2", "/var/lib/cluster-provision/demo/journal.json")
    assert json.loads(existing.state("journals/node2.json").read_text()) == json.loads(own.read_text())
    own.unlink()
    existing.nothing_is_left_after_destroy()
    assert existing.snapshot() == before


def test_a_shares_server_of_its_own_is_set_up_before_the_controller_mounts_its_share(existing: ExistingTool) -> None:
    share = {"NFS_EXPORTS": "/export/shared:*(rw)", "NFS_MOUNTS": "/export/shared:/mnt/shared:vers=4"}
    said = existing.run("Create", NFS_SERVER="store", **share)
    assert said.returncode == 0, said.stderr
    ended = re.findall(r"✓ (.+): .* changed on ", said.stderr)
    assert ended == ["storage", "controller", "nodes"]
