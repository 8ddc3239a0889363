"""Google's credentials: found, named, and proven good before anything else happens."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.base import Identity
from cluster_provision.clouds.google_failures import LOGIN, google_failures_named
from cluster_provision.errors import CredentialsError

if TYPE_CHECKING:
    from google.auth.transport.requests import AuthorizedSession

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
ANSWER_SECONDS = 10.0
BUSY = (429, 500, 502, 503, 504)


def find_credentials() -> Any:
    """Application default credentials, as they lie here. Raises CredentialsError where there are none."""
    import google.auth
    from google.auth.exceptions import DefaultCredentialsError

    try:
        credentials, _ = google.auth.default(scopes=SCOPES)
    except (DefaultCredentialsError, OSError, ValueError) as failure:
        named = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
        if not named:
            raise CredentialsError("there are no Google credentials here", LOGIN) from None
        # docker makes a folder of that name where the file to mount is missing
        why = "it is a folder; is the file there that you mount?" if Path(named).is_dir() else str(failure)
        raise CredentialsError(f"GOOGLE_APPLICATION_CREDENTIALS={named} can't be used: {why}", LOGIN) from None
    return credentials


def prove_credentials(credentials: Any) -> Identity:
    """Refresh them once: who they are.

    The first call to Google. Raises Unreachable within seconds where it does not answer, and
    CredentialsError where it refuses the credentials.
    """
    from google.auth.transport.requests import Request

    request = partial(Request(), timeout=ANSWER_SECONDS)  # the library itself waits for two minutes
    with google_failures_named("asking Google for an access token"):
        credentials.refresh(request)
    return Identity(_name_of(credentials), _source())


def authorized_session(credentials: Any) -> AuthorizedSession:
    """A requests session that sends the credentials' access token, and asks again where Google is busy.

    For calls that change nothing, or the same thing a second time: they are repeated whatever their method.
    """
    from google.auth.transport.requests import AuthorizedSession
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    again = Retry(total=4, backoff_factor=0.5, status_forcelist=BUSY, allowed_methods=None, raise_on_status=False)
    session = AuthorizedSession(credentials)
    session.mount("https://", HTTPAdapter(max_retries=again))
    return session


def _name_of(credentials: Any) -> str:
    account = getattr(credentials, "service_account_email", None) or getattr(credentials, "account", None)
    return str(account) if account else "your gcloud login"


def _source() -> str:
    named = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    return f"from {named}" if named else "application default credentials"
