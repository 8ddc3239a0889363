"""The access token of the credentials that the environment names, got as the provider gets it.

Nothing is signed: the embedded cloud is all that a stand-in ever talks to, and it looks at no signature. Refused and
expired credentials show all the same, because the token endpoint is asked.
"""

from __future__ import annotations

import base64
import json
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.standin.https import Exchange

_FIXED: Final = "stand-in"
_ENDPOINT: Final = "https://oauth2.googleapis.com/token"
# https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference#authentication
_VARIABLES: Final = (
    "GOOGLE_CREDENTIALS",
    "GOOGLE_CLOUD_KEYFILE_JSON",
    "GCLOUD_KEYFILE_JSON",
    "GOOGLE_APPLICATION_CREDENTIALS",
)


class Refused(Exception):
    """The token endpoint refused the credentials; the text is that of Go's oauth2 package."""


def token(environ: Mapping[str, str], exchange: Exchange) -> str:
    """A token for the Authorization header. Raises Refused."""
    if given := environ.get("GOOGLE_OAUTH_ACCESS_TOKEN"):
        return given
    found = _credentials(environ)
    endpoint = found.get("token_uri") or _ENDPOINT
    if found.get("type") == "service_account":
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": _assertion(found, endpoint)}
    elif found.get("type") == "authorized_user":
        names = ("client_id", "client_secret", "refresh_token")
        form = {"grant_type": "refresh_token", **{name: found.get(name, "") for name in names}}
    else:
        return _FIXED
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    status, answer, _ = exchange("POST", endpoint, urlencode(form).encode(), headers)
    if status != 200:
        raise Refused(_refusal(found["type"], status, answer.decode(errors="replace")))
    return str(json.loads(answer).get("access_token", _FIXED))


def _refusal(kind: str, status: int, answer: str) -> str:
    """A service account's token is refused in other words than a person's."""
    if kind == "authorized_user" and '"error"' in answer:
        given = json.loads(answer)
        return f'oauth2: "{given["error"]}" "{given.get("error_description", "")}"'
    return f"oauth2: cannot fetch token: {status} {HTTPStatus(status).phrase}\nResponse: {answer}"


def _credentials(environ: Mapping[str, str]) -> dict[str, Any]:
    """What the first variable that is set holds: JSON, or the path of a file that does."""
    given = next((environ[name] for name in _VARIABLES if environ.get(name)), "{}")
    try:
        found = json.loads(given if given.lstrip().startswith("{") else Path(given).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _assertion(found: dict[str, Any], audience: str) -> str:
    now = int(time.time())
    head = {"alg": "RS256", "typ": "JWT", "kid": found.get("private_key_id")}
    scope = "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email"
    claims = {"iss": found.get("client_email"), "scope": scope, "aud": audience, "iat": now, "exp": now + 3600}
    parts = (json.dumps(head), json.dumps(claims), _FIXED)
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
