"""The cluster's secrets, made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cloud import HOST_CA_FILE, KEY_FILE
from cluster_provision.slurm.cluster import HostCa
from node.machine.programs import Failure
from node.slurm_cloud import secret
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.secret import fetched_authority, fetched_secrets, own_authority, own_secrets

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class FakeStore:
    objects: dict[str, bytes] = field(default_factory=dict)

    def read(self, name: str) -> bytes | None:
        return self.objects.get(name)

    def write(self, name: str, content: bytes, *, only_new: bool = False) -> bool:
        if only_new and name in self.objects:
            return False
        self.objects[name] = content
        return True


def test_the_controller_makes_the_key_and_puts_it_where_the_machines_read_it(tmp_path: Path) -> None:
    store = FakeStore()
    made = own_secrets(store, str(tmp_path))
    assert store.objects[KEY_FILE].decode() == made.munge_key
    assert 32 <= len(made.munge_key) <= 1024


def test_a_controller_that_is_made_anew_with_its_disk_has_the_same_secrets(tmp_path: Path) -> None:
    made = own_secrets(FakeStore(), str(tmp_path))
    store = FakeStore()
    assert own_secrets(store, str(tmp_path)) == made
    assert store.objects[KEY_FILE].decode() == made.munge_key


@pytest.mark.parametrize("damaged", ["", "{", "[]"])
def test_secrets_that_can_not_be_read_are_not_made_anew(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(damaged)
    with pytest.raises(Failure, match=r"secrets\.json"):
        own_secrets(FakeStore(), str(tmp_path))
    assert path.read_text() == damaged


def test_a_controller_whose_disk_is_lost_takes_the_key_that_the_machines_have(tmp_path: Path) -> None:
    store = FakeStore({KEY_FILE: b"k" * 64})
    assert own_secrets(store, str(tmp_path)).munge_key == "k" * 64


def test_nobody_but_root_reads_the_disks_secrets(tmp_path: Path) -> None:
    own_secrets(FakeStore(), str(tmp_path))
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_machine_that_is_up_before_the_controller_waits_and_then_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret, "KEY_LIMIT", 0.0)
    with pytest.raises(CallFailed, match="the controller has not put its key there yet"):
        fetched_secrets(FakeStore())


def test_the_others_know_no_password_of_the_database() -> None:
    assert fetched_secrets(FakeStore({KEY_FILE: b"k" * 64})).database_password == ""


def test_the_controller_makes_the_authority_once_and_the_others_fetch_it(tmp_path: Path) -> None:
    store = FakeStore()
    made = own_authority(store, str(tmp_path))
    assert made.public.startswith("ssh-ed25519 ")
    assert own_authority(store, str(tmp_path)) == made
    assert fetched_authority(store) == made


def test_a_controller_whose_disk_is_lost_takes_the_authority_that_the_machines_have(tmp_path: Path) -> None:
    store = FakeStore({HOST_CA_FILE: b'{"private": "p", "public": "q"}'})
    assert own_authority(store, str(tmp_path)) == HostCa("p", "q")


def test_the_authority_is_not_for_everybody(tmp_path: Path) -> None:
    made = own_authority(FakeStore(), str(tmp_path))
    assert (tmp_path / "host_ca.json").stat().st_mode & 0o777 == 0o600
    assert made.private not in repr(made)
