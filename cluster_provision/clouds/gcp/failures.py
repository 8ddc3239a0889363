"""Turns failures of Google's client libraries into this tool's errors."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.refusals import refusal_of
from cluster_provision.clouds.gcp.sources.token_variable import RENEW
from cluster_provision.errors import (
    CredentialsError,
    PermissionDenied,
    ProvisionError,
    SettingsError,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.api_core import exceptions as api

LOGIN = (
    "Run `gcloud auth application-default login` and mount the result: "
    "docker run -v ~/.config/gcloud:/root/.config/gcloud … (docs/authentication.md has the other ways)."
)
# What the libraries put around Google's words: "GET https://storage.googleapis.com/…?projection=noAcl: ", and a tuple.
REQUEST = re.compile(r"^(?:GET|HEAD|POST|PUT|PATCH|DELETE) https?://\S+: ")
OF_LIBRARY = re.compile(r": \('Request failed with status code'.*$")
REQUESTER_PAYS = re.compile(r"requester[ -]pays", re.IGNORECASE)
"""400 `Bucket is a requester pays bucket but no user project provided.` (GoogleCloudPlatform/gcsfuse#286, #2697)"""
KEPT = re.compile(r"retentionPolicyNotMet|retention policy|underActiveHold|(?:active|event-based|temporary) hold", re.I)
PERMISSION = re.compile(r"\b403:|forbidden|permission|does not have \S+ access", re.I)
REFUSED = re.compile(r"invalid_(?:grant|client|scope|request|rapt)|unauthorized_client|access_denied|reauth", re.I)
DISTURBED = re.compile(
    r"<!doctype|<html|[\"']code[\"']: (?:429|50\d)|HTTP (?:error|status):? ?50\d|service unavailable|bad gateway"
    r"|no JSON|internal_failure|server_error|temporarily_unavailable",
    re.I,
)
BUSY_CODES = ("429", "500", "502", "503", "504")


@contextlib.contextmanager
def google_failures_named(doing: str, denied: type[ProvisionError] = PermissionDenied) -> Iterator[None]:
    """Within the block, raise failures of Google's libraries as this tool's errors; `doing` says what was tried.

    `denied` is the class for 403 and Google's other refusals. NotFound passes unchanged.
    """
    import requests
    from google.api_core import exceptions as api
    from google.auth import exceptions as auth

    from cluster_provision.clouds.gcp.sources.access_token import Ended

    try:
        yield
    except Ended as failure:
        raise CredentialsError(f"{doing}: {failure}", RENEW) from None
    except auth.RefreshError as failure:
        if is_disturbance(failure):
            raise _unreachable(doing, failure) from None
        raise CredentialsError(
            f"{doing}: the credentials are expired or were refused: {_told(failure)}", LOGIN
        ) from None
    except auth.TransportError as failure:
        raise _unreachable(doing, failure) from None
    except auth.GoogleAuthError as failure:
        raise CredentialsError(f"{doing}: the credentials can't be used: {_told(failure)}", LOGIN) from None
    except api.Unauthorized as failure:
        raise CredentialsError(f"{doing}: Google refused the credentials: {_told(failure)}", LOGIN) from None
    except (requests.RequestException, api.RetryError, api.ServerError, api.TooManyRequests) as failure:
        raise _unreachable(doing, failure) from None
    except api.NotFound:
        raise  # only the caller knows whether the resource may be missing
    except api.GoogleAPICallError as failure:
        raise refused(f"{doing}: {_told(failure)}", _in_full(failure), denied) from None


def refused(message: str, told: str, denied: type[ProvisionError]) -> ProvisionError:
    """Return the error for what Google `told`: that of its cause if no permission heals it, else one of the class."""
    known = refusal_of(told)
    if known is not None:
        return known.error(message, known.advice_on(told))
    if REQUESTER_PAYS.search(told):
        return SettingsError(
            (message,),
            "The bucket's requester pays, so each call would have to name a project that is billed, which Terraform's "
            "backend and the nodes' mounts can't: name another bucket, or have that turned off:\n"
            "  gcloud storage buckets update gs://<bucket> --no-requester-pays",
            "",
        )
    if KEPT.search(told):
        return denied(
            message,
            "The bucket keeps its objects (a retention policy, a hold), so that they can be neither replaced nor "
            "deleted: have that lifted, or name a bucket without it.",
        )
    if PERMISSION.search(told):
        return denied(message, "docs/permissions.md lists the permissions that you need.")
    return denied(message, "Google refuses this request; the message says why.")


def is_disturbance(failure: Exception) -> bool:
    """Whether the token's endpoint, or somebody in its place, failed rather than refused: a server's own error, or an
    answer that is no answer of Google's. google-auth says RefreshError of these too."""
    told = " ".join(str(each) for each in failure.args)
    if not REFUSED.search(told) and (getattr(failure, "retryable", False) or DISTURBED.search(told)):
        return True
    return any(isinstance(each, dict) and _is_busy(each) for each in failure.args)


def _is_busy(answer: dict[str, Any]) -> bool:
    error = answer.get("error")
    told = error if isinstance(error, dict) else answer
    return str(told.get("code", "")) in BUSY_CODES or str(error) in ("internal_failure", "temporarily_unavailable")


def _in_full(failure: api.GoogleAPICallError) -> str:
    """Return the failure's text, with Google's words for why."""
    details = [each for each in failure.errors if isinstance(each, dict)]
    reasons = " ".join(str(each.get("reason", "")) for each in details)
    return f"{reasons} {int(failure.code or 0)}: {failure.message} {json.dumps(details)}"


def _told(failure: Exception) -> str:
    """Return the failure's message in one line, without the request's address and body."""
    if failure.args and isinstance(failure.args[0], str):
        words = OF_LIBRARY.sub("", REQUEST.sub("", " ".join(failure.args[0].split())))
        return _message_in(words)[:300]
    return type(failure).__name__


def _message_in(words: str) -> str:
    """The message of an answer in JSON; the words as they are where they are none."""
    try:
        return " ".join(str(json.loads(words)["error"]["message"]).split())
    except (ValueError, KeyError, TypeError):
        return words


def _unreachable(doing: str, failure: Exception) -> Unreachable:
    return Unreachable(
        f"{doing}: {_why(failure)}",
        "Check this machine's network (HTTPS_PROXY, SSL_CERT_FILE, a firewall), and run the same command again.",
    )


def _why(failure: Exception) -> str:
    """Return the reason in a few words. Libraries wrap the first cause, and only that one names it."""
    from requests import exceptions

    causes: list[BaseException] = [failure]
    while (inner := _inner(causes[-1])) is not None:
        causes.append(inner)
    for kind, words in (
        (exceptions.SSLError, "Google's certificate is not trusted on this machine"),
        (exceptions.ProxyError, "the proxy of HTTPS_PROXY can't be reached or refuses"),
        (exceptions.Timeout, "no answer in time"),
        (exceptions.ConnectionError, "no connection"),
    ):
        if any(isinstance(cause, kind) for cause in causes):
            return words
    return f"no good answer ({_told(failure)})"


def _inner(failure: BaseException) -> BaseException | None:
    wrapped = getattr(failure, "cause", None) or failure.__cause__
    if not isinstance(wrapped, BaseException) and failure.args and isinstance(failure.args[0], BaseException):
        wrapped = failure.args[0]
    return wrapped if isinstance(wrapped, BaseException) else None
