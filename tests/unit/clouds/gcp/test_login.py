"""Where credentials are looked for, whatever the container's HOME is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.clouds.gcp import credentials as gcp_credentials
from cluster_provision.clouds.gcp.login import MOUNTED, NAME, none_found, places
from cluster_provision.errors import CredentialsError, NoCredentials

LOOKED_AT = ("GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "HOME")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LOOKED_AT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_GCE_CHECK", "true")


def test_the_documented_mount_counts_whatever_home_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/github/home")
    assert places() == (Path("/github/home/.config/gcloud") / NAME, MOUNTED / NAME)
    monkeypatch.setenv("HOME", "/root")
    assert places() == (MOUNTED / NAME,)


def test_a_folder_that_is_named_counts_alone_and_a_file_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/root")
    monkeypatch.setenv("CLOUDSDK_CONFIG", "/mnt/gcloud")
    assert places() == (Path("/mnt/gcloud") / NAME,)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/mnt/key.json")
    assert places() == (Path("/mnt/key.json"),)


def test_a_folder_in_place_of_the_file_is_dockers_doing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path))
    assert "it is a folder; does the file that you mount exist?" in none_found().message


def test_credentials_in_place_of_their_files_name_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", '{"private_key": "' + 300 * "s3cret" + '"}')
    with pytest.raises(CredentialsError, match="must name the file") as raised:
        gcp_credentials.find_credentials()
    assert not isinstance(raised.value, NoCredentials)  # nothing to wait for
    assert "s3cret" not in raised.value.message + raised.value.advice


def test_a_folder_that_is_closed_to_this_user_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setenv("HOME", "/root")
    monkeypatch.setattr(Path, "stat", closed)
    with pytest.raises(NoCredentials, match=r"it may not open /root/\.config/gcloud"):
        gcp_credentials.find_credentials()


def test_a_file_that_this_user_may_not_read_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    (tmp_path / "key.json").write_text("{}")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(CredentialsError, match="may not read it"):
        gcp_credentials.find_credentials()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"type": "service_account"}', '{"type": "authorized_user"}'])
def test_a_file_that_holds_no_credentials_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "key.json"
    file.write_text(content)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    with pytest.raises(CredentialsError, match=str(file)):
        gcp_credentials.find_credentials()


@pytest.mark.parametrize("text", ['"eyJhIjoxfQ=="', "[]", "17", "null"])
def test_json_that_is_no_object_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    (tmp_path / "key.json").write_text(text)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    with pytest.raises(CredentialsError, match="not the object in braces"):
        gcp_credentials.find_credentials()


def test_impersonation_by_a_federated_identity_names_the_command_for_one_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key.json").write_text(
        '{"type": "impersonated_service_account", "source_credentials": {"type": "external_account"}}'
    )
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    with pytest.raises(CredentialsError, match="create-cred-config"):
        gcp_credentials.find_credentials()
