"""Users that the cluster ever had: one who is taken off the list is locked, and never forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest

from cluster_provision.errors import StateStoreError
from cluster_provision.slurm.cluster import ClusterUser
from cluster_provision.targets.existing.users import keep_users, kept_users
from tests.unit.targets.existing.texts import Texts

if TYPE_CHECKING:
    from cluster_provision.state.existing.store import ControllerStore

ALICE = ClusterUser("alice", 2001, 2001, True, ("ssh-ed25519 AAAA",))


def test_they_are_kept_without_their_keys() -> None:
    texts = Texts()
    keep_users(cast("ControllerStore", texts), [ALICE])
    assert [(u.name, u.uid, u.keys) for u in kept_users(cast("ControllerStore", texts))] == [("alice", 2001, ())]
    assert "AAAA" not in texts.of["users.json"]


def test_nothing_is_written_where_nothing_has_changed() -> None:
    texts = Texts()
    keep_users(cast("ControllerStore", texts), [ALICE])
    keep_users(cast("ControllerStore", texts), [ALICE])
    assert texts.written == ["users.json"]


def test_a_cluster_without_users_keeps_no_list() -> None:
    texts = Texts()
    keep_users(cast("ControllerStore", texts), [])
    assert texts.written == [] and kept_users(cast("ControllerStore", texts)) == []


@pytest.mark.parametrize("text", ["{", '[{"name": "x", "shoe size": 3}]', "7"])
def test_a_damaged_list_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises(StateStoreError, match=r"users\.json in ssh://head/state"):
        kept_users(cast("ControllerStore", Texts({"users.json": text})))


def test_the_list_is_plain_json() -> None:
    texts = Texts()
    keep_users(cast("ControllerStore", texts), [ALICE])
    assert json.loads(texts.of["users.json"])[0]["gid"] == 2001
