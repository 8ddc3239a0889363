"""What could be argued about, as docs/checks.md has decided it."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("key", ["ssh-keys", "sshKeys", "block-project-ssh-keys"])
def test_keys_in_metadata_are_said_to_have_no_effect(loaded, key):
    notes = loaded(METADATA=f'{{ {key} = "me:ssh-ed25519 AAAA me" }}').notes
    (note,) = [n for n in notes if key in n]
    assert "has no effect" in note and "osAdminLogin" in note and "AAAA" not in note


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("projects/other-project/reservations/big/reservationBlocks/one", "blocks of a reservation can't be chosen"),
        ("big/reservationBlocks/one/reservationSubBlocks/two", "blocks of a reservation can't be chosen"),
        ("projects/other-project/zones/us-central1-a/reservations/big", "leave zones/... out"),
        ("zones/us-central1-a/reservations/big", "leave zones/... out"),
        ("https://www.googleapis.com/compute/v1/projects/other-project/reservations/big", "not its address"),
    ],
)
def test_a_reservation_by_another_path_is_told_what_to_leave_out(problems, name, told):
    (problem,) = problems(RESERVATION_NAME=name)
    assert told in problem


@pytest.mark.parametrize(
    ("name", "text"), [("ZONE", "us-central1-a # Iowa"), ("INSTANCE_COUNT", "4 # four"), ("REHEARSE", "plan # first")]
)
def test_a_comment_behind_a_value_is_told_to_be_part_of_it(problems, name, text):
    (problem,) = problems(**{name: text})
    assert problem.startswith(f"{name}=") and "a # belongs to the value" in problem
