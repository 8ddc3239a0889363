"""What the cluster's machines share and nobody else may know."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from cluster_provision.errors import StateStoreError
from cluster_provision.targets.existing.secrets import keep_secrets, kept_secrets, new_secrets
from tests.unit.targets.existing.texts import Texts

if TYPE_CHECKING:
    from cluster_provision.state.existing.store import ControllerStore


def test_before_the_first_create_there_are_none() -> None:
    assert kept_secrets(cast("ControllerStore", Texts())) is None


def test_they_are_read_as_they_were_written() -> None:
    texts, made = cast("ControllerStore", Texts()), new_secrets()
    keep_secrets(texts, made)
    assert kept_secrets(texts) == made


def test_no_two_clusters_have_the_same() -> None:
    one, other = new_secrets(), new_secrets()
    for name in ("munge_key", "database_password", "ssh_private_key", "ssh_public_key"):
        assert getattr(one, name) != getattr(other, name)


def test_the_key_of_munge_is_long_enough_and_plain() -> None:
    """munged refuses keys of less than 32 bytes."""
    key = new_secrets().munge_key
    assert 32 <= len(key) <= 1024 and key.isalnum()


def test_the_pair_of_keys_belongs_together() -> None:
    import asyncssh

    made = new_secrets()
    public = asyncssh.import_private_key(made.ssh_private_key).export_public_key().decode()
    assert public.split()[:2] == made.ssh_public_key.split()


def test_they_are_shown_nowhere() -> None:
    made = new_secrets()
    assert made.munge_key not in repr(made) and made.database_password not in repr(made)
    assert "PRIVATE" not in repr(made)


@pytest.mark.parametrize("text", ["{", "[]", '{"other": 1}', "3"])
def test_damaged_ones_are_an_error_without_their_text(text: str) -> None:
    with pytest.raises(StateStoreError, match=r"secrets\.json in ssh://head/state can't be understood") as failed:
        kept_secrets(cast("ControllerStore", Texts({"secrets.json": text})))
    assert text not in failed.value.message.replace("secrets.json", "") or text == "3"
