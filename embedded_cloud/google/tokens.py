"""Google's token endpoints. All credentials get a made-up token, in which their account is written.

Refusals (`invalid_grant` and the like) come from a scenario rule.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from typing import Any
from urllib.parse import parse_qs

from embedded_cloud.exchange import Answer, Request
from embedded_cloud.google.failure import ApiError, not_emulated

LIFETIME_SECONDS = 3599
SOMEBODY = "somebody@example.com"
GCLOUD = "32555940559.apps.googleusercontent.com"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def oauth2(request: Request) -> Answer:  # noqa: PLR0911 one line an answer
    """oauth2.googleapis.com: /token, /tokeninfo, /revoke."""
    if request.path == "/token":
        given = _form(request)
        grant = given.get("grant_type", "")
        if grant == JWT_GRANT:
            claims = _claims(given.get("assertion", ""))
            if not claims.get("iss"):
                return _refusal("invalid_grant", "Invalid JWT Signature.")
            if claims.get("target_audience"):
                return Answer.json({"id_token": _jwt(claims["iss"], claims["target_audience"])})
            return Answer.json(_grant(claims["iss"], claims.get("scope", "")))
        if grant == "refresh_token":
            if not given.get("refresh_token"):
                return _refusal("invalid_request", "Missing required parameter: refresh_token")
            return Answer.json({**_grant(SOMEBODY, given.get("scope", "")), "id_token": _jwt(SOMEBODY, "rehearsal")})
        return _refusal("unsupported_grant_type", f"Invalid grant_type: {grant}")
    if request.path == "/tokeninfo":
        return Answer.json(_facts(who(request)))
    if request.path == "/revoke":
        return Answer.json({})
    raise not_emulated(f"{request.host}{request.path}")


def sts(request: Request) -> Answer:
    """sts.googleapis.com: a federated token for another."""
    if request.path == "/v1/token":
        return Answer.json({**_grant(SOMEBODY), "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"})
    raise not_emulated(f"{request.host}{request.path}")


def iam_credentials(request: Request) -> Answer:
    """iamcredentials.googleapis.com: a service account's token for one who may impersonate it."""
    account, _, verb = request.segments[-1].partition(":")
    if verb == "generateAccessToken":
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + LIFETIME_SECONDS))
        return Answer.json({"accessToken": token_for(account), "expireTime": until})
    if verb == "generateIdToken":
        return Answer.json({"token": _jwt(account, request.json().get("audience", ""))})
    raise not_emulated(f"{request.host} {verb or request.path}")


def userinfo(request: Request) -> Answer:
    return Answer.json({"sub": "100000000000000000000", "email": who(request), "email_verified": True})


def token_for(email: str) -> str:
    return "ya29.rehearsal-" + base64.urlsafe_b64encode(email.encode()).decode().rstrip("=")


def who(request: Request) -> str:
    """The account that the request's token stands for."""
    token = request.headers.get("authorization", "").rpartition(" ")[2] or request.one("access_token")
    _, found, coded = token.partition("rehearsal-")
    if not found:
        return SOMEBODY
    try:
        return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except (binascii.Error, ValueError):
        return SOMEBODY


def _grant(email: str, scope: str = "") -> dict[str, Any]:
    scope = scope or "https://www.googleapis.com/auth/cloud-platform"
    token = token_for(email)
    return {"access_token": token, "expires_in": LIFETIME_SECONDS, "token_type": "Bearer", "scope": scope}


def _facts(email: str) -> dict[str, str]:
    """What tokeninfo says, with numbers as texts. A person's token names the program that they logged in with."""
    holder = "100000000000000000001" if email.endswith(".gserviceaccount.com") else GCLOUD
    scope = "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email"
    until = {"expires_in": str(LIFETIME_SECONDS), "exp": str(int(time.time()) + LIFETIME_SECONDS)}
    return {"azp": holder, "aud": holder, "scope": scope, **until, "email": email, "access_type": "online"}


def _refusal(error: str, description: str) -> Answer:
    return Answer.json({"error": error, "error_description": description}, 400)


def _form(request: Request) -> dict[str, str]:
    if "json" in request.headers.get("content-type", ""):
        return {str(k): str(v) for k, v in request.json().items()}
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def _claims(assertion: str) -> dict[str, Any]:
    parts = assertion.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, binascii.Error):
        raise ApiError(400, "invalid_grant", "Invalid JWT") from None
    return claims if isinstance(claims, dict) else {}


def _jwt(email: str, audience: str) -> str:
    now = int(time.time())
    claims = {"iss": "https://accounts.google.com", "aud": audience, "email": email, "iat": now, "exp": now + 3600}

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}.cmVoZWFyc2Fs"
