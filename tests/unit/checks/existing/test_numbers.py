"""Numbers of users and groups that a cluster needs, and that others have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cluster_provision.checks.existing.numbers import asked_groups, asked_users, slurm_user, users
from cluster_provision.slurm.cluster import ClusterUser
from cluster_provision.slurm.facts import Account
from tests.unit.checks.existing.seen import machine, settings, subject, told

if TYPE_CHECKING:
    from pathlib import Path

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


@pytest.fixture
def alice(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "users"
    file.write_text(f"alice:2001::{KEY}\n")
    return {"USERS_FILE": str(file)}


def test_a_user_with_another_number_is_named(alice: dict[str, str]) -> None:
    (text,) = told(users(subject(machine("node1", users={"alice": Account(1000, 1000)}), given=alice)))
    assert text == "node1 has the user alice with the number 1000, not 2001"


def test_a_number_that_is_anothers_is_named(alice: dict[str, str]) -> None:
    (text,) = told(users(subject(machine("node2", users={"bob": Account(2001, 2001)}), given=alice)))
    assert text == "node2 has the user bob with the number 2001 of alice"


def test_a_user_who_is_there_with_the_same_numbers_is_fine(alice: dict[str, str]) -> None:
    there = machine("node1", users={"alice": Account(2001, 2001)}, groups={"alice": 2001})
    assert told(users(subject(there, given=alice))) == []


def test_a_user_in_another_group_is_named_before_the_machine_is_the_clusters(alice: dict[str, str]) -> None:
    there = {"users": {"alice": Account(2001, 100)}}
    assert told(users(subject(machine("node1", **there), given=alice))) == [
        "node1 has the user alice in the group 100, not 2001"
    ]
    assert told(users(subject(machine("node1", **there, clusters=("vega",)), given=alice))) == []


@pytest.mark.parametrize(
    ("groups", "text"),
    [
        ({"people": 2001}, "node1 has the group people with the number 2001 of alice"),
        ({"alice": 1500}, "node1 has the group alice with the number 1500, not 2001"),
    ],
)
def test_a_group_in_the_way_is_named(alice: dict[str, str], groups: dict[str, int], text: str) -> None:
    assert told(users(subject(machine("node1", groups=groups), given=alice))) == [text]


def test_a_user_who_was_taken_off_keeps_the_group_that_others_are_in(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text(f"bob:2002:2001:{KEY}\n")
    there = machine("node1", users={"alice": Account(2001, 2001)}, groups={"alice": 2001})
    found = subject(there, given={"USERS_FILE": str(file)})
    assert told(users(found)) == ["node1 has the group alice with the number 2001 of group2001"]
    assert told(users(replace(found, former_users=(ClusterUser("alice", 2001, 2001, locked=True),)))) == []


# Slurm's own user


@pytest.mark.parametrize(
    ("given", "there", "text"),
    [
        ({}, {"users": {"slurm": Account(982, 64030)}}, "the user slurm with the number 982, not 64030"),
        ({}, {"users": {"x": Account(64030, 100)}}, "the user x with the number 64030 of slurm"),
        ({}, {"groups": {"slurm": 982}}, "the group slurm with the number 982, not 64030"),
        ({"SLURM_USER_UID": "450"}, {"groups": {"render": 450}}, "the group render with the number 450 of slurm"),
        ({"SLURM_USER_UID": "450"}, {"users": {"dnsmasq": Account(450, 9)}}, "the user dnsmasq with the number 450"),
    ],
)
def test_slurms_number_has_to_be_free_or_its_own(given: dict[str, str], there: dict[str, object], text: str) -> None:
    (found,) = told(slurm_user(subject(machine("head", **there), given=given)))
    assert found.startswith(f"head has {text}")


def test_a_user_slurm_with_the_right_numbers_is_fine() -> None:
    there = machine("head", users={"slurm": Account(22078, 22078)}, groups={"slurm": 22078})
    assert told(slurm_user(subject(there, given={"SLURM_USER_UID": "22078"}))) == []


def test_machines_are_asked_for_names_and_numbers_since_a_directory_service_lists_nobody(alice: dict[str, str]) -> None:
    read = settings(**alice)
    assert asked_users(read) == ("slurm", 64030, "alice", 2001)
    assert asked_groups(read) == ("slurm", 64030, 2001, "alice")
