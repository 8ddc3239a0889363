"""Finds Google's credentials, names the caller, and proves the credentials before anything else happens."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from cluster_provision.clouds.base import Identity
from cluster_provision.clouds.gcp.failures import google_failures_named, is_disturbance
from cluster_provision.clouds.gcp.login import COMMAND, OTHER_WAYS, VARIABLE, is_there, none_found, places
from cluster_provision.clouds.gcp.sources.file import SCOPES, load
from cluster_provision.clouds.gcp.sources.metadata import metadata_host, metadata_server_answers
from cluster_provision.clouds.gcp.sources.token_variable import RENEW, TOKEN, given_token
from cluster_provision.errors import CredentialsError

if TYPE_CHECKING:
    from pathlib import Path

    from google.auth.transport.requests import AuthorizedSession

USERINFO = "https://openidconnect.googleapis.com/v1/userinfo"
ANSWER_SECONDS = 10.0
NAME_SECONDS = 3.0
MOST_TOLD = 300
BUSY = (429, 500, 502, 503, 504)
LONGEST_WISH = 60
"""Seconds that an answer's Retry-After may have a call wait, silently: by itself, urllib3 takes up to six hours."""
DISPENSABLE = ("cloudquotas.googleapis.com", "serviceusage.googleapis.com")
"""Hosts that a network may block without harm: the tool waits for them only briefly."""

Kind = Literal["login", "key", "federation", "impersonation", "machine", "token"]
KINDS: dict[str, Kind] = {
    "authorized_user": "login",
    "external_account_authorized_user": "login",
    "service_account": "key",
    "external_account": "federation",
    "impersonated_service_account": "impersonation",
}
"""What the `type` of a credentials file means: https://google.aip.dev/auth/4110 and the pages after it."""

ADVICE: dict[Kind, str] = {
    "login": f"Log in again on the machine that you mount them from, and run the same command again:\n  {COMMAND}",
    "key": "Google refuses a deleted key, a key of a disabled or deleted account, and every key where this "
    "machine's clock is wrong by minutes. The account's keys:\n"
    "  gcloud iam service-accounts keys list --iam-account=<e-mail>",
    "federation": "See that the configuration's file or address gives fresh tokens, that the pool's provider accepts "
    "it, and that its principal has roles/iam.workloadIdentityUser on the service account that it acts as.",
    "impersonation": f"Check that you have roles/iam.serviceAccountTokenCreator on the account, and log in again:\n"
    f"  {COMMAND} --impersonate-service-account=<e-mail>",
    "machine": "The machine needs a service account with the access scope cloud-platform. In Cloud Shell, allow the "
    "access when it asks.",
    "token": RENEW,
}
ASKS_AGAIN = ("invalid_rapt", "rapt_required", "reauth related error", "Reauthentication is needed")
"""Google's words when an organisation requires a new login after some hours:
https://support.google.com/a/answer/9368756.
"""


@dataclass(frozen=True)
class Credentials:
    """Credentials as Google's library holds them; `file` is their file, None for a machine's own and a token.

    `environment` holds the variables by which other programs use the same credentials.
    """

    credentials: Any
    kind: Kind
    file: Path | None = None
    environment: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def source(self) -> str:
        """Say where they were found."""
        if self.kind == "token":
            return f"from {TOKEN}, and not {VARIABLE}" if os.environ.get(VARIABLE) else f"from {TOKEN}"
        return f"from {self.file}" if self.file else "the metadata server"


def find_credentials() -> Credentials:
    """Return an access token, else the application default credentials: a named file, gcloud's, or the machine's own.

    Raises NoCredentials where there are none, CredentialsError where they can't be read. The library's own search isn't
    used: it runs gcloud, asks for a project, and waits long for a metadata server that doesn't exist.
    """
    if token := given_token():
        from cluster_provision.clouds.gcp.sources.access_token import AccessToken

        return Credentials(AccessToken(token), "token", environment={TOKEN: token})
    for place in places():
        if is_there(place):
            return _from_file(place)
    if os.environ.get(VARIABLE) or not metadata_server_answers():
        raise none_found()
    from google.auth import compute_engine

    # Google's library for Go reads only its own variable for the address.
    passed_on = {"GCE_METADATA_HOST": metadata_host()} if os.environ.get("GCE_METADATA_IP") else {}
    return Credentials(compute_engine.Credentials(scopes=list(SCOPES)), "machine", environment=passed_on)


def _from_file(place: Path) -> Credentials:
    from google.auth.exceptions import GoogleAuthError

    try:
        info = json.loads(place.read_text(encoding="utf-8"))
        if not isinstance(info, dict):
            raise ValueError("it holds JSON, but not the object in braces that gcloud and Google's console write")
        kind = KINDS.get(str(info.get("type")))
        if kind is None:
            raise ValueError(f"its type is {info.get('type')!r}, and known are {', '.join(KINDS)}")
        credentials = load(info)
    except PermissionError:
        raise CredentialsError(
            f"{_named(place)} can't be used: this user (number {os.getuid()}) may not read it",
            "Run the container as the user that the file belongs to, or as root, its default.",
        ) from None
    except (GoogleAuthError, OSError, ValueError, AttributeError, KeyError, TypeError) as failure:
        why = " ".join(str(failure).split()) or type(failure).__name__
        advice = f"Write it again:\n  {COMMAND}\n{OTHER_WAYS}"
        raise CredentialsError(f"{_named(place)} can't be used: {why}", advice) from None
    return Credentials(credentials, kind, place, {VARIABLE: str(place)})


def _named(place: Path) -> str:
    return f"{VARIABLE}={place}" if os.environ.get(VARIABLE) else str(place)


def prove_credentials(found: Credentials) -> Identity:
    """Refresh the credentials once, and return whose they are. An access token's proof is the first call of an API.

    The first call to Google. Raises Unreachable within seconds where it does not answer, and
    CredentialsError where it refuses the credentials.
    """
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.auth.transport.requests import Request

    if found.kind == "token":
        from cluster_provision.clouds.gcp.sources.access_token import token_facts

        facts = token_facts(found.credentials)
        return Identity(facts.name, found.source, found.environment, facts.warning)
    request = partial(Request(), timeout=ANSWER_SECONDS)  # the library's own limit is two minutes
    with google_failures_named("asking Google for an access token"):
        try:
            found.credentials.refresh(request)
        except TransportError:
            raise
        except (GoogleAuthError, OSError, ValueError) as failure:
            if is_disturbance(failure):
                raise  # no word on the credentials
            raise _refused(found, failure) from None
        except (TypeError, KeyError, AttributeError):  # the library takes any answer for one of Google's
            raise TransportError("what answers isn't Google's token endpoint") from None
    return Identity(_name_of(found), found.source, found.environment)


def _refused(found: Credentials, failure: Exception) -> CredentialsError:
    told = str(failure.args[0]) if failure.args and isinstance(failure.args[0], str) else str(failure)
    told = " ".join(told.split())[:MOST_TOLD]
    start = f"the credentials ({found.source}) are expired or were refused"
    if any(words in str(failure) for words in ASKS_AGAIN):
        start = f"the credentials ({found.source}) must be renewed: your organisation requires a new login"
    email = str(getattr(found.credentials, "service_account_email", "") or "")
    advice = ADVICE[found.kind].replace("<e-mail>", shlex.quote(email)) if email else ADVICE[found.kind]
    return CredentialsError(f"{start}: {told}", advice)


def authorized_session(found: Credentials) -> AuthorizedSession:
    """Return a requests session that sends the credentials' access token, and repeats calls while Google is busy.

    It repeats calls of any method: use it for calls that change nothing, or have the same effect a second time.
    """
    from google.auth.transport.requests import AuthorizedSession
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    def again(tries: int) -> HTTPAdapter:
        retry = Retry(
            total=tries,
            backoff_factor=0.5,
            status_forcelist=BUSY,
            allowed_methods=None,
            raise_on_status=False,
            retry_after_max=LONGEST_WISH,
        )
        return HTTPAdapter(max_retries=retry)

    session = AuthorizedSession(found.credentials)
    session.mount("https://", again(4))
    for host in DISPENSABLE:
        session.mount(f"https://{host}/", again(1))
    return session


def _name_of(found: Credentials) -> str:
    """Return the account's e-mail where it is known, else a description of the credentials."""
    credentials = found.credentials
    account = getattr(credentials, "service_account_email", None) or getattr(credentials, "account", None)
    if account:
        return str(account)
    if found.kind == "federation":
        return f"workload identity {str(getattr(credentials, 'info', {}).get('audience', '')).partition('/global/')[2]}"
    return _told_by_google(credentials) or "your gcloud login"


def _told_by_google(credentials: Any) -> str:
    """Return whose login it is; empty where Google doesn't say, as for a login without that scope."""
    import requests

    try:
        answer = requests.get(USERINFO, headers={"Authorization": f"Bearer {credentials.token}"}, timeout=NAME_SECONDS)
        return str(answer.json().get("email", "")) if answer.ok else ""
    except (requests.RequestException, ValueError, AttributeError):
        return ""
