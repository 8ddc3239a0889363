"""A CI job signs in with the token that its runner gives, asked for anew each time."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from cluster_provision.clouds.azure.credentials import find_credentials, prove_credentials
from cluster_provision.clouds.azure.job_token import JobTokens, job_tokens
from cluster_provision.errors import CredentialsError, ProvisionError, Unreachable
from tests.unit.clouds.azure.application import APPLICATION

URL = "https://runner.example/token?api-version=2.0"
GITHUB = {"ACTIONS_ID_TOKEN_REQUEST_URL": URL, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "opens~"}


def answers(monkeypatch: pytest.MonkeyPatch, status: int = 200, **told: Any) -> list[dict[str, Any]]:
    """The runner answers so; what it is asked for."""
    asked: list[dict[str, Any]] = []

    def get(url: str, **given: Any) -> requests.Response:
        asked.append({"url": url, **given})
        answer = requests.Response()
        answer.status_code, answer._content = status, json.dumps(told).encode()
        return answer

    monkeypatch.setattr(requests, "get", get)
    return asked


@pytest.mark.parametrize("begins", ["ACTIONS_ID_TOKEN_REQUEST", "ARM_OIDC_REQUEST"])
def test_the_runner_is_asked_each_time_for_azures_audience(begins: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, value="jwt")
    tokens = job_tokens({f"{begins}_URL": URL, f"{begins}_TOKEN": "opens~"})
    assert tokens is not None and [tokens(), tokens()] == ["jwt", "jwt"]
    assert [each["url"] for each in asked] == [URL, URL]
    assert asked[0]["params"] == {"audience": "api://AzureADTokenExchange"}
    assert asked[0]["headers"] == {"Authorization": "Bearer opens~"}
    assert "opens~" not in repr(tokens)


def test_the_job_is_an_application_that_needs_no_secret() -> None:
    found = find_credentials({**APPLICATION, **GITHUB})
    assert (found.way, found.source) == ("federated token", "from ACTIONS_ID_TOKEN_REQUEST_URL")
    assert find_credentials({**APPLICATION, **GITHUB, "ARM_CLIENT_SECRET": "s"}).way == "secret"
    assert find_credentials({**GITHUB, "ARM_USE_MSI": "true"}).way == "managed identity"


@pytest.mark.parametrize(
    "given",
    [
        {"ACTIONS_ID_TOKEN_REQUEST_URL": URL},
        {**GITHUB, "ACTIONS_ID_TOKEN_REQUEST_URL": "http://runner.example/token"},
    ],
)
def test_half_of_it_is_refused_before_anything_is_sent(given: dict[str, str]) -> None:
    with pytest.raises(CredentialsError, match="ACTIONS_ID_TOKEN_REQUEST_URL needs ACTIONS_ID_TOKEN_REQUEST_TOKEN"):
        find_credentials({**APPLICATION, **given})
    with pytest.raises(CredentialsError, match="the job's token needs ARM_TENANT_ID"):
        find_credentials(GITHUB)


@pytest.mark.parametrize(
    ("status", "told", "error"),
    [
        (403, {}, CredentialsError),
        (200, {}, CredentialsError),
        (302, {"value": "x"}, CredentialsError),
        (503, {}, Unreachable),
    ],
)
def test_a_runner_that_gives_none_is_told_without_the_word(
    status: int, told: dict[str, str], error: type[ProvisionError], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, status, **told)
    with pytest.raises(error, match=f"HTTP {status}") as failure:
        JobTokens(URL, "opens~", "ACTIONS_ID_TOKEN_REQUEST_URL")()
    assert "opens~" not in f"{failure.value} {failure.value.advice}"
    with pytest.raises(error, match=f"HTTP {status}"):
        prove_credentials(find_credentials({**APPLICATION, **GITHUB}))
