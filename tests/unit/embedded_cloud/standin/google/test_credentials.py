"""Tokens are asked for where the credentials say, and refusals are told as Go's oauth2 package tells them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from embedded_cloud.standin.google.credentials import Refused, token

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

USER = {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
ACCOUNT = {"type": "service_account", "client_email": "a@p", "token_uri": "https://oauth2.googleapis.com/token"}
REFUSAL = json.dumps({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}).encode()


class Endpoint:
    def __init__(self, status: int = 200, answer: bytes = b'{"access_token": "fresh"}') -> None:
        self.status, self.answer = status, answer
        self.asked: list[tuple[str, dict[str, list[str]]]] = []

    def __call__(
        self, verb: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        self.asked.append((url, parse_qs((body or b"").decode())))
        return self.status, self.answer, {}


def test_a_given_token_is_used_as_it_is() -> None:
    endpoint = Endpoint()
    assert token({"GOOGLE_OAUTH_ACCESS_TOKEN": "mine", "GOOGLE_CREDENTIALS": json.dumps(USER)}, endpoint) == "mine"
    assert endpoint.asked == []


def test_a_person_s_refresh_token_is_exchanged(tmp_path: Path) -> None:
    (tmp_path / "adc.json").write_text(json.dumps(USER))
    endpoint = Endpoint()
    assert token({"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "adc.json")}, endpoint) == "fresh"
    ((url, form),) = endpoint.asked
    assert url == "https://oauth2.googleapis.com/token"
    assert (form["grant_type"], form["refresh_token"]) == (["refresh_token"], ["r"])


def test_a_service_account_asserts_who_it_is() -> None:
    endpoint = Endpoint()
    assert token({"GOOGLE_CREDENTIALS": json.dumps(ACCOUNT)}, endpoint) == "fresh"
    ((_, form),) = endpoint.asked
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert form["assertion"][0].count(".") == 2


def test_a_person_s_refusal_names_the_reason() -> None:
    with pytest.raises(Refused) as refused:
        token({"GOOGLE_CREDENTIALS": json.dumps(USER)}, Endpoint(400, REFUSAL))
    assert str(refused.value) == 'oauth2: "invalid_grant" "Token has been expired or revoked."'


def test_a_service_account_s_refusal_shows_the_answer() -> None:
    with pytest.raises(Refused) as refused:
        token({"GOOGLE_CREDENTIALS": json.dumps(ACCOUNT)}, Endpoint(400, REFUSAL))
    assert str(refused.value) == f"oauth2: cannot fetch token: 400 Bad Request\nResponse: {REFUSAL.decode()}"


def test_without_credentials_there_is_a_fixed_token() -> None:
    assert token({}, Endpoint(500)) == "stand-in"
