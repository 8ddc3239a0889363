"""Turns failures of Azure's client libraries, and answers of Entra ID and Resource Manager, into this tool's errors.

Texts: real reports, such as https://github.com/hashicorp/terraform-provider-azurerm/issues/16026, 20623, 27526, and
https://github.com/Azure/login/issues/461 (read 2026-11-22).
"""

from __future__ import annotations

import contextlib
import logging
import re
from typing import TYPE_CHECKING

from cluster_provision.clouds.azure.refusals import refusal_of
from cluster_provision.errors import CredentialsError, PermissionDenied, ProvisionError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azure.core import exceptions as azure

LOGIN = "docs/azure-authentication.md says which credentials work, and how to give them."
NO_ANSWER = re.compile(r"Unable to connect|Failed to establish|Failed to resolve|timed out|CERTIFICATE_VERIFY_FAILED")
DISTURBED = re.compile(
    r"HTTP (?:error|status):? ?(?:429|5\d\d)|temporarily_unavailable|server_error|AADSTS90(?:033|006|012|015)\b"
    r"|Expecting value|JSON is invalid|XML is invalid|Cannot deserialize|<!doctype|<html",
    re.IGNORECASE,
)
"""A server's own failure, Entra ID's word for a passing one, or somebody else's page in its place."""
TENANT = re.compile(r"must match[^/]{0,80}https://sts\.windows\.net/(?P<tenant>[0-9a-f-]{36})", re.IGNORECASE)
FIREWALL = re.compile(
    r"AuthorizationFailure|AuthorizationSourceIPMismatch|IpAuthorizationRejected|NetworkAccessDenied"
    r"|not authorized to perform this operation\.(?!\S)|PublicNetworkAccess"
    r"|(?:public|network) access .{0,60}(?:disabled|not permitted|denied)|blocked by (?:the )?network",
    re.IGNORECASE,
)
NUMBER = re.compile(r"AADSTS(\d+)")
ANEW = (
    "Make a new one, beside the application's others, and put it into ARM_CLIENT_SECRET:\n"
    "  az ad app credential reset --id <ARM_CLIENT_ID> --append"
)
STRANGER = (
    "The application doesn't trust this workload: its federated credential has another subject, issuer or audience "
    "(case matters)."
)
# Entra ID's numbers: https://learn.microsoft.com/entra/identity-platform/reference-error-codes (read 2026-11-22)
ADVICE = {
    "7000222": f"The client secret is expired. {ANEW}",
    "7000215": f"The client secret is wrong. Use the secret's value, not its id. {ANEW}",
    "700016": "That directory has no such application: check ARM_CLIENT_ID and ARM_TENANT_ID.",
    "90002": "There is no such directory: check ARM_TENANT_ID.",
    "900023": "There is no such directory: check ARM_TENANT_ID.",
    "700213": STRANGER,
    "70021": STRANGER,
    "700024": "The federated token is expired, or this machine's clock is wrong. Renew the token in its file.",
    "700027": "The application doesn't know this certificate: upload its public half to the application.",
    "70020": "The code was not entered in time. Run the same command again.",
    "70016": "The code was not entered in time. Run the same command again.",
    "53003": "A conditional access policy of your directory forbids this login; its administrator can say which one.",
    "50076": "Your directory requires a second factor, which this way lacks: sign in with a code on a terminal.",
    "50079": "Your directory requires a second factor, which this way lacks: sign in with a code on a terminal.",
    "700082": "The login is too old. Sign in again.",
    "65001": "Nobody has consented to this application in that directory.",
}


@contextlib.contextmanager
def azure_failures_named(doing: str, denied: type[ProvisionError] = PermissionDenied) -> Iterator[None]:
    """Within the block, raise failures of Azure's libraries as this tool's errors; `doing` says what was tried.

    `denied` is the class for 403 and Azure's other refusals. A 404 passes unchanged.
    """
    from azure.core import exceptions as azure

    _hush()
    try:
        yield
    except azure.ClientAuthenticationError as failure:
        # azure-identity raises this for every failure, also for those of the network
        if isinstance(failure.__cause__, azure.ServiceRequestError) or NO_ANSWER.search(str(failure)):
            raise _unreachable(doing, failure) from None
        if _is_disturbance(failure):
            raise Unreachable(
                f"{doing}: {_told(failure)}",
                "Microsoft Entra ID is busy or down, or something else answers in its place (a proxy, a page to log in "
                "on): run the same command again later.",
            ) from None
        raise credentials_error(doing, _told(failure)) from None
    except (azure.ServiceRequestError, azure.ServiceResponseError) as failure:
        raise _unreachable(doing, failure) from None
    except (azure.ResourceNotFoundError, azure.ResourceExistsError, azure.ResourceModifiedError):
        raise  # a missing, or an existing, resource: only the caller knows whether that is a failure
    except azure.DecodeError:
        raise Unreachable(
            f"{doing}: what answers isn't Azure",
            "Check this machine's network (a proxy, a page to log in on), and run the same command again.",
        ) from None
    except azure.HttpResponseError as failure:
        status, told = failure.status_code or 0, _told(failure)
        if status == 401:
            raise credentials_error(doing, told) from None
        if status == 429 or status >= 500:
            raise Unreachable(f"{doing}: {told}", "Azure is busy or down: run the same command again later.") from None
        known = refusal_of(told)
        if known is not None:
            raise known.raised_for(f"{doing}: {told}") from None
        raise denied(f"{doing}: {told}", advice_on(told)) from None


def _hush() -> None:
    """Where nobody handles them, msal's logs go to stderr, tracebacks too; what they say is in the exception."""
    for name in ("msal", "azure"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _is_disturbance(failure: azure.ClientAuthenticationError) -> bool:
    """Whether the token's endpoint, or somebody in its place, failed rather than refused the credentials."""
    answers = (getattr(each, "response", None) for each in (failure, failure.__cause__))
    status = next((int(each.status_code or 0) for each in answers if each is not None), 0)
    return status == 429 or status >= 500 or bool(DISTURBED.search(f"{failure} {failure.__cause__ or ''}"))


def credentials_error(doing: str, told: str) -> CredentialsError:
    """Return the error for refused credentials, with the meaning of Entra ID's number."""
    found = NUMBER.search(told)
    advice = ADVICE.get(found[1], "") if found else ""
    if (wanted := TENANT.search(told)) is not None:
        advice = (
            f"The subscription belongs to another directory than the one you signed in to: set ARM_TENANT_ID="
            f"{wanted['tenant']}, with credentials of that directory. One that was moved there takes up to an hour."
        )
    if "managed identity" in told.lower():
        advice = "ARM_USE_MSI works only on an Azure machine with an identity: give it one."
    return CredentialsError(f"{doing}: Azure refused the credentials: {told}", advice or LOGIN)


def advice_on(told: str) -> str:
    """Return what to do about a refusal that isn't the credentials' fault."""
    if "KeyBasedAuthenticationNotPermitted" in told or "Key based authentication" in told:
        return "The storage account accepts no keys: leave out the setting that uses them."
    if "AuthorizationPermissionMismatch" in told:
        return (
            'You need the role "Storage Blob Data Contributor" on the storage account (docs/azure-permissions.md). On '
            "the tool's own account Create and Destroy give it to you, where an earlier run was cut off before it did."
        )
    if FIREWALL.search(told):
        return (
            "The storage account's network rules (firewall, public access switched off) keep this machine out, which "
            "no role heals: run this from a network that they let in, or have this one let in; TERRAFORM_BLOB_PATH "
            "names another container. The nodes have to reach it, too:\n"
            "  az storage account network-rule add --account-name <account> --ip-address <address> "
            "--subscription <SUBSCRIPTION_ID>"
        )
    return "docs/azure-permissions.md lists the permissions that you need."


def _told(failure: Exception) -> str:
    """Return the failure's message in one line, without the parts that only Microsoft's support can use."""
    text = str(getattr(failure, "message", "") or failure)
    code = getattr(failure, "error_code", "") or ""
    code = str(getattr(code, "value", code))
    text = re.split(r"\s*(?:Trace ID:|Correlation ID:|RequestId:|Content:|To troubleshoot, visit)", text)[0]
    text = " ".join(text.split())[:400]
    return f"{code}: {text}" if code and code not in text else text


def _unreachable(doing: str, failure: Exception) -> Unreachable:
    return Unreachable(
        f"{doing}: {why(failure)}",
        "Check this machine's network (HTTPS_PROXY, SSL_CERT_FILE, a firewall), and run the same command again.",
    )


def why(failure: Exception) -> str:
    """Why there was no answer, in a few words."""
    text = f"{failure} {failure.__cause__ or ''}"
    for pattern, words in (
        ("CERTIFICATE_VERIFY_FAILED|SSLError", "Azure's certificate is not trusted on this machine"),
        (
            "ProxyError|Tunnel connection failed|connect to proxy",
            "the proxy of HTTPS_PROXY can't be reached or refuses",
        ),
        ("Name or service not known|Failed to resolve|getaddrinfo", "there is no host of that name"),
        ("timed out|Timeout", "no answer in time"),
        ("RemoteDisconnected|Connection aborted|reset by peer|IncompleteRead", "the connection was cut"),
    ):
        if re.search(pattern, text):
            return words
    return f"no connection ({' '.join(str(failure).split())[:200]})"
