"""Who may log in: SSH_PATH, a file of before, the scale set's key, or a new pair that is handed over once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.targets.azure import keys as azure_keys
from cluster_provision.targets.azure.keys import goes_with_the_container, hand_over, new_pair, pair_of, unseen


@dataclass
class Given:
    ssh_public_key: str = ""
    ssh_key_file: Path | None = None
    name_prefix: str = "demo"


def settings(**given: Any) -> Any:
    return Given(**given)


def test_a_new_pair_is_one_key_that_ssh_can_read() -> None:
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key, load_ssh_public_key

    pair = new_pair("demo")
    assert pair.private is not None
    private = load_ssh_private_key(pair.private, password=None)
    assert private.public_key() == load_ssh_public_key(pair.public.encode())
    assert pair.public.startswith("ssh-ed25519 ")
    assert pair.public.endswith(" demo")
    assert "PRIVATE" not in repr(pair)


def test_the_users_key_comes_first_and_none_is_made() -> None:
    assert pair_of(settings(ssh_public_key="ssh-rsa AAAA me"), "ssh-ed25519 BBBB demo").public == "ssh-rsa AAAA me"


def test_what_the_scale_set_has_stays_so_that_nothing_changes() -> None:
    found = pair_of(settings(), "ssh-ed25519 BBBB demo")
    assert (found.public, found.private, found.made) == ("ssh-ed25519 BBBB demo", None, False)
    assert pair_of(settings(ssh_public_key="ssh-rsa AAAA now"), "ssh-rsa AAAA then").public == "ssh-rsa AAAA then"


def test_a_new_key_goes_to_its_file_and_is_taken_from_there_again(tmp_path: Path) -> None:
    given = settings(ssh_key_file=tmp_path / "key")
    first = pair_of(given, "")
    assert first.made
    assert hand_over(first, given) is True
    assert given.ssh_key_file.stat().st_mode & 0o777 == 0o600
    again = pair_of(given, "")
    assert (again.private, again.made) == (first.private, False)
    assert again.public.split()[:2] == first.public.split()[:2]
    assert pair_of(given, first.public).public == first.public


def test_without_a_file_the_result_has_to_show_the_key() -> None:
    assert hand_over(new_pair("demo"), settings()) is False


def test_a_full_disk_leaves_no_half_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, mode: str) -> IO[bytes]:
        os.close(descriptor)
        return Path("/dev/full").open(mode, buffering=0)  # type: ignore[no-any-return]

    monkeypatch.setattr(azure_keys.os, "fdopen", full)
    file = tmp_path / "demo.key"
    with pytest.raises(SettingsError, match="No space left"):
        hand_over(new_pair("demo"), settings(ssh_key_file=file))
    assert not file.exists()


def test_a_file_that_holds_something_else_is_refused_and_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("not a key")
    with pytest.raises(SettingsError, match=r"SSH_KEY_FILE=.*holds no private key"):
        pair_of(settings(ssh_key_file=file), "")
    with pytest.raises(SettingsError, match="can't be written"):
        hand_over(new_pair("demo"), settings(ssh_key_file=file))
    assert file.read_text() == "not a key"


def test_a_new_pair_that_nothing_keeps_is_for_a_terminal_alone(tmp_path: Path) -> None:
    error = unseen(new_pair("demo"), settings())
    assert error is not None and error.exit_code == 2
    assert "SSH_PATH and SSH_KEY_FILE are unset" in error.message
    assert "SSH_PATH=/keys/" in error.advice and "SSH_KEY_FILE=/keys/demo" in error.advice
    assert unseen(new_pair("demo"), settings(ssh_key_file=tmp_path / "key")) is None
    assert unseen(pair_of(settings(), "ssh-ed25519 BBBB demo"), settings()) is None


def test_another_users_key_in_a_folder_of_everybodys_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings(ssh_key_file=tmp_path / "key")
    hand_over(new_pair("demo"), given)
    tmp_path.chmod(0o1777)
    assert pair_of(given, "").private is not None
    monkeypatch.setattr(azure_keys.os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(SettingsError, match="another user's"):
        pair_of(given, "")
    tmp_path.chmod(0o700)
    assert pair_of(given, "").private is not None


def test_a_file_of_the_container_alone_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = settings(ssh_key_file=tmp_path / "key")
    for lost in (True, False):
        monkeypatch.setattr(azure_keys, "ends_with_the_container", lambda _, lost=lost: lost)
        assert ("goes with it" in goes_with_the_container(given)) is lost
    assert goes_with_the_container(settings()) == ""
