"""Shares over the home by whose keys the tool logs in."""

from __future__ import annotations

from typing import Any

import pytest

from cluster_provision.checks.existing.mounts import mounts
from cluster_provision.slurm.facts import Account, Home, MountPoint
from tests.unit.checks.existing.seen import machine, subject, told

GIVEN = {"SSH_USER": "ubuntu", "NFS_EXPORTS": "/home:*(rw)", "NFS_MOUNTS": "/home:/home"}
UBUNTU = {"ubuntu": Account(1000, 1000, "/home/ubuntu")}


def at(name: str, keys: tuple[str, ...] = ("k1",), home: str = "/home/ubuntu", owner: int = 1000, **facts: Any) -> Any:
    """A machine whose account has these keys in this home."""
    return machine(name, **{"users": UBUNTU, "homes": {home: Home(owner, keys)}, **facts})


def found(*machines: Any, **given: str) -> list[str]:
    return told(mounts(subject(*machines, given={**GIVEN, **given})))


def test_the_servers_own_homes_with_the_same_keys_shut_nobody_out() -> None:
    assert found(at("head"), at("node1"), at("node2")) == []
    assert found(at("head", ("k1", "k2")), at("node1"), at("node2")) == []


def test_a_share_without_the_account_is_named_for_each_machine_that_would_mount_it() -> None:
    begins = "would mount head:/export/home over /home/ubuntu, the home of ubuntu"
    there = (at("head"), at("node1"), at("node2"))
    assert found(*there, NFS_EXPORTS="/export/home:*(rw)", NFS_MOUNTS="/export/home:/home") == [
        f"node1 {begins}, and head has no /export/home/ubuntu",
        f"node2 {begins}, and head has no /export/home/ubuntu",
    ]


def test_a_share_that_lacks_a_key_is_named() -> None:
    (text,) = found(at("head", ("k2",)), at("node1", ("k1", "k2")), at("node2", ("k2",)))
    assert text.startswith("node1 ") and text.endswith(
        "/home/ubuntu on head lacks 1 of the 2 ssh keys that log in there"
    )


def test_a_home_that_belongs_to_another_number_is_named_since_sshd_refuses_its_keys() -> None:
    others = {"ubuntu": Account(1001, 1001, "/home/ubuntu")}
    (text,) = found(at("head"), at("node1", users=others), at("node2"))
    assert "whose number is 1001; /home/ubuntu on head belongs to 1000" in text


def test_a_share_from_outside_can_not_be_looked_at_before() -> None:
    texts = found(at("head"), at("node1"), at("node2"), NFS_EXPORTS="", NFS_MOUNTS="filer.example.org:/vol/home:/home")
    assert [text.split()[0] for text in texts] == ["head", "node1", "node2"]
    assert "can't see before whether the share has the keys" in texts[0]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"mounts": (MountPoint("filer:/vol/home", "/home", "nfs4"),)}, id="it is mounted already"),
        pytest.param({"homes": {"/home/ubuntu": Home(1000)}}, id="the home has no keys, so they are elsewhere"),
        pytest.param({"users": {"ubuntu": Account(1000, 1000, "/var/lib/ubuntu")}}, id="the home is elsewhere"),
    ],
)
def test_what_hides_no_key_is_fine(facts: dict[str, Any]) -> None:
    assert found(at("head", ("other",)), at("node1", **facts), at("node2", **facts)) == []


def test_a_home_that_was_not_looked_at_is_not_taken_for_one_without_keys() -> None:
    (text,) = found(at("head"), at("node1", homes={}), at("node2"))
    assert text.startswith("node1 would mount")


def test_a_share_below_the_home_hides_nothing_of_it() -> None:
    there = (at("head", ("other",)), at("node1"), at("node2"))
    assert found(*there, NFS_MOUNTS="/home:/home/ubuntu/shared") == []


def test_homes_of_others_that_get_out_of_sight_are_noted() -> None:
    more = {**UBUNTU, "carol": Account(1004, 1004, "/home/carol"), "sys": Account(104, 104, "/home/sys")}
    note = mounts(subject(at("head"), at("node1", users=more), at("node2", users=more), given=GIVEN)).notes[0]
    assert note.startswith("node1, node2: the share on /home will hide the homes of carol, which are there now")
