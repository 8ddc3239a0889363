"""Turns failures of Google's client libraries into this tool's errors."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cluster_provision.errors import (
    CredentialsError,
    PermissionDenied,
    ProvisionError,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGIN = (
    "Run `gcloud auth application-default login` and mount the result: "
    "docker run -v ~/.config/gcloud:/root/.config/gcloud … (docs/authentication.md has the other ways)."
)


@contextlib.contextmanager
def google_failures_named(doing: str, denied: type[ProvisionError] = PermissionDenied) -> Iterator[None]:
    """Within the block, raise failures of Google's libraries as this tool's errors; `doing` says what was tried.

    `denied` is the class for 403 and Google's other refusals. NotFound passes unchanged.
    """
    import requests
    from google.api_core import exceptions as api
    from google.auth import exceptions as auth

    try:
        yield
    except auth.RefreshError as failure:
        raise CredentialsError(
            f"{doing}: the credentials are expired or were refused: {_told(failure)}", LOGIN
        ) from None
    except auth.TransportError as failure:
        raise _unreachable(doing, failure) from None
    except auth.GoogleAuthError as failure:
        raise CredentialsError(f"{doing}: the credentials can't be used: {_told(failure)}", LOGIN) from None
    except api.Unauthorized as failure:
        raise CredentialsError(f"{doing}: Google refused the credentials: {_told(failure)}", LOGIN) from None
    except api.Forbidden as failure:
        raise denied(f"{doing}: {_told(failure)}", "docs/permissions.md lists the permissions that you need.") from None
    except (requests.RequestException, api.RetryError, api.ServerError, api.TooManyRequests) as failure:
        raise _unreachable(doing, failure) from None
    except api.NotFound:
        raise  # only the caller knows whether the resource may be missing
    except api.GoogleAPICallError as failure:
        raise denied(f"{doing}: {_told(failure)}", "Google refuses this request; the message says why.") from None


def _told(failure: Exception) -> str:
    """Return the failure's message in one line, without the request's address and body."""
    if failure.args and isinstance(failure.args[0], str):
        return " ".join(failure.args[0].split())[:300]
    return type(failure).__name__


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
