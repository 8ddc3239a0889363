"""What Azure refuses with, by class and with what to do, in the words of real reports."""

from __future__ import annotations

import pytest
from azure.core import exceptions as azure

from cluster_provision.clouds.azure.failures import azure_failures_named, credentials_error
from cluster_provision.errors import (
    CredentialsError,
    PermissionDenied,
    StateStoreError,
    Unreachable,
)

EXPIRED = (
    "Authentication failed: AADSTS7000222: The provided client secret keys for app '5c1e0f7a' are expired. Visit the "
    "Azure portal to create new keys for your app: https://aka.ms/NewClientSecret. Trace ID: 0a1b Correlation ID: 2c3d "
    "Timestamp: 2026-11-22 10:00:00Z"
)


def test_an_expired_secret_is_told_with_how_to_make_a_new_one() -> None:
    error = credentials_error("asking for a token", EXPIRED)
    assert "az ad app credential reset" in error.advice
    assert "AADSTS7000222" in error.message


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        ("7000215", "not its id"),
        ("700016", "ARM_CLIENT_ID and ARM_TENANT_ID"),
        ("700213", "case matters"),
        ("700024", "expired"),
        ("50076", "second factor"),
        ("424242", "docs/azure-authentication.md"),
    ],
)
def test_each_of_entra_ids_numbers_has_its_advice(number: str, advice: str) -> None:
    assert advice in credentials_error("x", f"AADSTS{number}: because").advice


def refusal(status: int, message: str) -> azure.HttpResponseError:
    error = azure.HttpResponseError(message)
    error.status_code = status
    return error


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (azure.ClientAuthenticationError(EXPIRED), CredentialsError),
        (azure.ServiceRequestError("[Errno -2] Name or service not known"), Unreachable),
        (refusal(503, "ServerBusy"), Unreachable),
        (refusal(403, "AuthorizationPermissionMismatch"), StateStoreError),
        (refusal(401, "InvalidAuthenticationInfo"), CredentialsError),
    ],
)
def test_errors_of_azures_libraries_become_errors_of_the_tool(failure: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind), azure_failures_named("looking", StateStoreError):
        raise failure


@pytest.mark.parametrize("told", ["AuthorizationPermissionMismatch", "AuthorizationFailed: no"])
def test_a_refusal_leads_to_the_page_of_azures_permissions(told: str) -> None:
    with pytest.raises(PermissionDenied) as raised, azure_failures_named("looking"):
        raise refusal(403, told)
    assert "docs/azure-permissions.md" in raised.value.advice


def test_a_not_found_error_is_passed_on_unchanged() -> None:
    with pytest.raises(azure.ResourceNotFoundError), azure_failures_named("looking"):
        raise azure.ResourceNotFoundError("not there")


def test_only_what_a_person_can_use_is_told() -> None:
    with pytest.raises(CredentialsError) as raised, azure_failures_named("asking"):
        raise azure.ClientAuthenticationError(EXPIRED)
    assert "Trace ID" not in str(raised.value)
    assert "no host of that name" in _told(azure.ServiceRequestError("Failed to resolve 'x'"))


def _told(failure: Exception) -> str:
    with pytest.raises(Unreachable) as raised, azure_failures_named("asking"):
        raise failure
    return str(raised.value)
