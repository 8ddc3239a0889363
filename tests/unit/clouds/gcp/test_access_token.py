"""An access token in GOOGLE_OAUTH_ACCESS_TOKEN: found before all else, named, used to its end, and never shown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import requests

from cluster_provision.clouds.gcp.credentials import Credentials, find_credentials, prove_credentials
from cluster_provision.clouds.gcp.failures import google_failures_named
from cluster_provision.errors import CredentialsError

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "ya29.a0-secret_value"
PERSON = {"azp": "32555940559.apps.googleusercontent.com", "email": "me@example.com", "expires_in": "2520"}
ROBOT = {"azp": "100000000000000000001", "expires_in": "3599"}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Credentials:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", f" {TOKEN}\n")
    return find_credentials()


def told(monkeypatch: pytest.MonkeyPatch, answer: Any, status: int = 200) -> list[tuple[str, dict[str, str]]]:
    """What Google's tokeninfo answers, or how the call fails; the calls are noted in the list."""
    asked: list[tuple[str, dict[str, str]]] = []

    def post(url: str, headers: dict[str, str], **_: Any) -> Any:
        asked.append((url, headers))
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(ok=status < 400, json=lambda: answer)

    monkeypatch.setattr(requests, "post", post)
    return asked


def test_it_goes_before_a_file_as_in_terraform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", TOKEN)
    found = find_credentials()
    assert (found.kind, found.credentials.token) == ("token", TOKEN)
    assert found.source == "from GOOGLE_OAUTH_ACCESS_TOKEN, and not GOOGLE_APPLICATION_CREDENTIALS"


def test_terraform_gets_it_without_the_blanks_of_an_env_file(found: Credentials) -> None:
    assert found.environment == {"GOOGLE_OAUTH_ACCESS_TOKEN": TOKEN}
    assert TOKEN not in repr(found)


@pytest.mark.parametrize("value", ['{"access_token": "s3cret"}', "Bearer s3cret", "s3cret\nX-Header: 1", "s3cret✓"])
def test_what_can_not_be_a_token_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", value)
    with pytest.raises(CredentialsError, match="GOOGLE_OAUTH_ACCESS_TOKEN holds no access token") as raised:
        find_credentials()
    assert "s3cret" not in raised.value.message + raised.value.advice


@pytest.mark.parametrize(
    ("answer", "name", "life", "of_a_login"),
    [
        (PERSON, "me@example.com", "ends in 42 min", True),
        (ROBOT, "service account 100000000000000000001", "ends in 59 min", False),
        ({**ROBOT, "email": "ci@p.iam.gserviceaccount.com"}, "ci@p.iam.gserviceaccount.com", "ends in 59 min", False),
    ],
)
def test_it_is_named_with_how_long_it_lives(
    monkeypatch: pytest.MonkeyPatch, found: Credentials, answer: dict[str, str], name: str, life: str, of_a_login: bool
) -> None:
    asked = told(monkeypatch, answer)
    identity = prove_credentials(found)
    assert (identity.name, found.credentials.of_a_login) == (name, of_a_login)
    assert life in identity.warning
    ((url, headers),) = asked
    assert (TOKEN in url, headers) == (False, {"Authorization": f"Bearer {TOKEN}"})


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"error": "invalid_token"}, 400),
        (requests.ConnectionError(), 0),
        (requests.JSONDecodeError("", "", 0), 0),
        ([], 200),
        ({"expires_in": "soon"}, 200),
    ],
    ids=str,
)
def test_what_google_does_not_tell_of_it_is_unknown_and_no_refusal(
    monkeypatch: pytest.MonkeyPatch, found: Credentials, answer: Any, status: int
) -> None:
    told(monkeypatch, answer, status)
    identity = prove_credentials(found)
    assert identity.name == "the holder of an access token"
    assert "ends at a time that is not known" in identity.warning


def test_one_that_has_ended_says_that_a_new_one_is_needed(found: Credentials) -> None:
    assert found.credentials.valid
    words = "looking: Google refuses the access token"
    with pytest.raises(CredentialsError, match=words) as raised, google_failures_named("looking"):
        found.credentials.refresh(None)
    assert "Get a new one" in raised.value.advice
    assert "application-default login" not in raised.value.advice


def test_its_calls_count_on_the_project_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, found: Credentials
) -> None:
    assert found.credentials.quota_project_id is None
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "other-1")
    headers: dict[str, str] = {}
    find_credentials().credentials.apply(headers)
    assert headers == {"authorization": f"Bearer {TOKEN}", "x-goog-user-project": "other-1"}
