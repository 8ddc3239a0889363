"""Azure's credentials as the environment gives them: both sets of variables, which way is taken, what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.clouds.azure.credentials import find_credentials, read_settings
from cluster_provision.errors import CredentialsError, SettingsError
from tests.unit.clouds.azure.application import APPLICATION, CLIENT, TENANT, certificate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("prefix", ["ARM", "AZURE"])
def test_either_set_of_variables_is_read(prefix: str) -> None:
    given = {f"{prefix}_TENANT_ID": TENANT, f"{prefix}_CLIENT_ID": CLIENT, f"{prefix}_CLIENT_SECRET": "s~1"}
    found = find_credentials(given)
    assert (found.way, found.settings.tenant, found.settings.client) == ("secret", TENANT, CLIENT)


def test_both_sets_may_say_the_same() -> None:
    assert read_settings({**APPLICATION, "AZURE_CLIENT_ID": CLIENT, "AZURE_TENANT_ID": TENANT}).client == CLIENT
    assert read_settings({**APPLICATION, "AZURE_CLIENT_ID": CLIENT.upper()}).client == CLIENT


def test_variables_that_differ_are_all_named_at_once_without_secrets() -> None:
    given = {**APPLICATION, "AZURE_CLIENT_ID": "other", "ARM_CLIENT_SECRET": "one~", "AZURE_CLIENT_SECRET": "two~"}
    with pytest.raises(SettingsError) as raised:
        find_credentials(given)
    assert len(raised.value.problems) == 2
    text = str(raised.value)
    assert "ARM_CLIENT_ID and AZURE_CLIENT_ID" in text
    assert "'other'" in text
    assert "one~" not in text
    assert "two~" not in text


def test_the_subscription_may_not_differ_either() -> None:
    with pytest.raises(SettingsError, match="SUBSCRIPTION_ID and ARM_SUBSCRIPTION_ID"):
        read_settings({"SUBSCRIPTION_ID": "a", "ARM_SUBSCRIPTION_ID": "b"})


def test_two_names_of_one_token_file_may_not_differ() -> None:
    with pytest.raises(SettingsError, match="ARM_OIDC_TOKEN_FILE_PATH and AZURE_FEDERATED_TOKEN_FILE"):
        read_settings({"ARM_OIDC_TOKEN_FILE_PATH": "/a", "AZURE_FEDERATED_TOKEN_FILE": "/b"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARM_ENVIRONMENT", "usgovernment"),
        ("ARM_METADATA_HOSTNAME", "management.local.azurestack.external"),
        ("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us/"),
    ],
)
def test_another_cloud_than_the_public_one_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}={value} names a cloud other than"):
        read_settings({**APPLICATION, name: value})


def test_the_public_cloud_may_be_named() -> None:
    # as the webhook for workload identity on AKS does
    given = {"AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/", "ARM_ENVIRONMENT": "public"}
    assert read_settings({**APPLICATION, **given}).client == CLIENT


def test_nothing_at_all_says_every_way_that_there_is() -> None:
    with pytest.raises(CredentialsError) as raised:
        find_credentials({})
    for way in ("ARM_CLIENT_SECRET", "ARM_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE", "ARM_USE_MSI", "-it"):
        assert way in raised.value.advice


def test_a_way_that_can_not_work_is_named_with_what_does() -> None:
    with pytest.raises(CredentialsError, match="ARM_USE_CLI can't be used: this image has no Azure CLI"):
        find_credentials({"ARM_USE_CLI": "true"})
    with pytest.raises(CredentialsError, match="AZURE_FEDERATED_TOKEN_FILE"):
        find_credentials({"SYSTEM_OIDCREQUESTURI": "https://x"})


def test_a_secret_without_its_application_says_what_is_missing() -> None:
    with pytest.raises(CredentialsError, match=r"ARM_TENANT_ID .* and ARM_CLIENT_ID"):
        find_credentials({"ARM_CLIENT_SECRET": "s"})


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s~1\n")
    given = {**APPLICATION, "ARM_CLIENT_SECRET_FILE_PATH": str(tmp_path / "secret")}
    assert find_credentials(given).settings.secret == "s~1"


@pytest.mark.parametrize("name", ["CLIENT_ID", "CLIENT_SECRET"])
def test_what_lies_in_a_file_may_not_differ_from_what_a_variable_says(tmp_path: Path, name: str) -> None:
    (tmp_path / "one").write_text("one~\n")
    given = {"ARM_TENANT_ID": TENANT, f"ARM_{name}_FILE_PATH": str(tmp_path / "one")}
    with pytest.raises(SettingsError, match=f"AZURE_{name} and the file of ARM_{name}_FILE_PATH") as raised:
        read_settings({**given, f"AZURE_{name}": "two~"})
    assert "one~" not in str(raised.value) and "two~" not in str(raised.value)
    assert read_settings({**given, f"AZURE_{name}": "one~"})


@pytest.mark.parametrize("ending", ["pem", "pfx"])
def test_a_certificate_is_taken_before_a_secret(tmp_path: Path, ending: str) -> None:
    file = certificate(tmp_path / f"c.{ending}")
    given = {**APPLICATION, "ARM_CLIENT_CERTIFICATE_PATH": str(file), "ARM_CLIENT_SECRET": "s"}
    assert find_credentials(given).way == "certificate"


def test_a_certificate_with_another_password_is_named(tmp_path: Path) -> None:
    file = certificate(tmp_path / "c.pfx", password=b"right")
    given = {**APPLICATION, "ARM_CLIENT_CERTIFICATE_PATH": str(file), "ARM_CLIENT_CERTIFICATE_PASSWORD": "wrong"}
    with pytest.raises(CredentialsError, match=r"c\.pfx can't be used"):
        find_credentials(given)


def test_a_folder_in_a_files_place_is_told_as_what_docker_makes_of_a_missing_one(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="is a folder"):
        find_credentials({**APPLICATION, "AZURE_FEDERATED_TOKEN_FILE": str(tmp_path)})


def test_a_machines_own_identity_has_to_be_asked_for() -> None:
    assert find_credentials({"ARM_USE_MSI": "true"}).way == "managed identity"
    with pytest.raises(CredentialsError):
        find_credentials({"AZURE_CLIENT_ID": CLIENT})


def test_a_person_on_a_terminal_gets_a_code() -> None:
    assert find_credentials({}, prompt=print).way == "device code"
