"""Access tokens of Entra ID: what a token stands for is written in it; nothing signs it.

Claims: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference (read 2026-11-22)
"""

from __future__ import annotations

import base64
import binascii
import json
import time
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request

LIFETIME_SECONDS = 3599
SIGNATURE = "cmVoZWFyc2Fs"
NAMESPACE = uuid.UUID("6f1c2a54-6a0c-4bb5-8c1e-1f5ef4c1a7d3")


def token(
    audience: str,
    tenant: str,
    client: str,
    *,
    user: str = "",
    principal: str = "",
    lifetime: int = LIFETIME_SECONDS,
) -> str:
    """An access token of an application, or of a person where `user` is given; `principal` is whom roles name."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{tenant}/",
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
        "tid": tenant,
        "appid": client,
        "oid": principal or object_id(user or client),
        "sub": principal or object_id(user or client),
        "ver": "1.0",
    }
    if user:
        claims |= {"idtyp": "user", "upn": user, "unique_name": user, "scp": "user_impersonation openid"}
    else:
        claims |= {"idtyp": "app"}
    return jwt(claims)


def object_id(principal: str) -> str:
    """The object id of an application or a person in the directory."""
    return str(uuid.uuid5(NAMESPACE, principal.lower()))


def jwt(claims: dict[str, Any]) -> str:
    return f"{part({'alg': 'RS256', 'typ': 'JWT', 'kid': 'rehearsal'})}.{part(claims)}.{SIGNATURE}"


def claims_of(text: str) -> dict[str, Any] | None:
    """A token's claims; None for what is no token."""
    parts = text.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return None
    return claims if isinstance(claims, dict) else None


def bearer(request: Request) -> dict[str, Any] | None:
    """The claims of the token that a request brings; None where it brings none."""
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    return claims_of(text.strip()) if kind.lower() == "bearer" else None


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
