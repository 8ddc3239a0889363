"""A disturbance of the token's endpoint is no word on the credentials."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest
from google.auth.exceptions import RefreshError, TransportError

from cluster_provision.clouds.gcp.credentials import Credentials, prove_credentials
from cluster_provision.clouds.gcp.failures import google_failures_named
from cluster_provision.errors import CredentialsError, SettingsError, StateStoreError, Unreachable

BUSY: list[Exception] = [
    RefreshError("{'code': 503, 'message': 'backend'}: None", {"error": {"code": 503}}, retryable=True),
    RefreshError("internal_failure: None", {"error": "internal_failure"}),
    RefreshError("<!DOCTYPE html><html><title>502 Bad Gateway</title></html>", retryable=False),
    RefreshError("Unable to acquire impersonated credentials", '{"error": {"code": 503, "status": "UNAVAILABLE"}}'),
    TransportError("Failed to retrieve"),
    TypeError("string indices must be integers, not 'str'"),
    AttributeError("'str' object has no attribute 'get'"),
]
REFUSED = [
    RefreshError("invalid_grant: Token has been expired or revoked.", {"error": "invalid_grant"}),
    RefreshError("invalid_grant: Account not found: 503", {"error": "invalid_grant"}),
    RefreshError("Unable to acquire impersonated credentials", '{"error": {"code": 403, "status": "DENIED"}}'),
]


def proven(failure: Exception) -> Any:
    def refresh(_: Any) -> None:
        raise failure

    return prove_credentials(Credentials(SimpleNamespace(refresh=refresh), "key"))


@pytest.mark.parametrize("failure", BUSY, ids=str)
def test_a_disturbance_is_unreachable(failure: Exception) -> None:
    with pytest.raises(Unreachable):
        proven(failure)
    if isinstance(failure, RefreshError):
        with pytest.raises(Unreachable), google_failures_named("looking"):
            raise failure


@pytest.mark.parametrize("failure", REFUSED, ids=str)
def test_a_refusal_is_the_credentials(failure: Exception) -> None:
    with pytest.raises(CredentialsError):
        proven(failure)
    with pytest.raises(CredentialsError), google_failures_named("looking"):
        raise failure


def test_a_bucket_whose_requester_pays_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError) as refused, google_failures_named("looking for bucket gs://b", StateStoreError):
        raise BadRequest("Bucket is a requester pays bucket but no user project provided.")
    assert refused.value.exit_code == 2
    assert "--no-requester-pays" in refused.value.advice


ASKED = "GET https://storage.googleapis.com/storage/v1/b/b?projection=noAcl&prettyPrint=false: "


@pytest.mark.parametrize(
    "told",
    [
        ASKED + "the words",
        "the words",
        ASKED + '{"error": {"code": 400, "message": "the words"}}',
        "POST https://storage.googleapis.com/upload/b: "
        '{"error": {"message": "the words"}}: (\'Request failed with status code\', 400, \'Expected one of\', 200)',
    ],
)
def test_what_libraries_put_around_googles_words_is_left_out(told: str) -> None:
    with pytest.raises(StateStoreError) as refused, google_failures_named("reading gs://b/state", StateStoreError):
        raise BadRequest(told)
    assert refused.value.message == "reading gs://b/state: the words"
