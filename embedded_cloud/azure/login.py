"""login.microsoftonline.com: discovery, and tokens for all credentials that are well formed.

An embedded cloud can't know whose secret is right. It refuses what Entra ID refuses for its form, in the same words;
all other refusals (an expired secret, an unknown application) come from a scenario rule with a body of `refusal`.
Texts: real reports, such as https://github.com/Azure/login/issues/461 and
https://github.com/hashicorp/terraform-provider-azurerm/issues/16026 (read 2026-11-22).
"""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from embedded_cloud.azure import tokens
from embedded_cloud.azure.credentials import APPLICATION
from embedded_cloud.azure.failure import ArmError, not_emulated
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request

HOST = "login.microsoftonline.com"
TENANT = APPLICATION["TENANT_ID"]
SOMEBODY = "somebody@rehearsal.example"
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
DEVICE_SECONDS = 900
CODE = "rehearsal-device-code"
ALIASES = [HOST, "login.windows.net", "login.microsoft.com", "sts.windows.net"]

# number -> HTTP status, OAuth's word, text
REFUSALS = {
    900144: (400, "invalid_request", "The request body must contain the following parameter: 'client_id'."),
    900023: (
        400,
        "invalid_request",
        "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.",
    ),
    70003: (400, "unsupported_grant_type", "The app requested an unsupported grant type '{grant}'."),
    700016: (
        400,
        "unauthorized_client",
        "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant.",
    ),
    7000215: (
        401,
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        "the client secret ID, for a secret added to app '{client}'.",
    ),
    7000216: (
        401,
        "invalid_client",
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    ),
    7000222: (
        401,
        "invalid_client",
        "The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys for "
        "your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: "
        "https://aka.ms/certCreds.",
    ),
    700213: (
        401,
        "invalid_client",
        "No matching federated identity record found for presented assertion subject '{subject}'. Check your federated "
        "identity credential Subject, Audience and Issuer against the presented assertion. "
        "https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    ),
    700027: (
        401,
        "invalid_client",
        "The certificate with identifier used to sign the client assertion is not registered on application. "
        "[Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}']",
    ),
    700024: (
        401,
        "invalid_client",
        "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {nbf}, expiry "
        "time of assertion {exp}.",
    ),
    50027: (401, "invalid_client", "JWT token is invalid or malformed."),
    70020: (
        400,
        "expired_token",
        "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    ),
    53003: (
        400,
        "invalid_grant",
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    ),
}


def answer(request: Request) -> Answer:
    """The answer of Entra ID. Raises ArmError for what is not emulated."""
    segments = request.segments
    tenant = segments[0]
    if segments[1:] == ["discovery", "instance"]:
        return Answer.json(_instance())
    if segments[-2:] == [".well-known", "openid-configuration"]:
        return Answer.json(_configuration(tenant))
    if segments[1:2] == ["oauth2"] and segments[-1] == "token":
        return _token(request, tenant)
    if segments[1:2] == ["oauth2"] and segments[-1] == "devicecode":
        return _device_code()
    if segments[-1] == "keys":
        return Answer.json({"keys": []})
    raise not_emulated(f"{request.host}{request.path}")


def refusal(number: int, **values: Any) -> Answer:
    """A refusal as Entra ID writes it: AADSTS and its number, the reason with `values` put in, and how to trace it."""
    status, error, message = REFUSALS[number]
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    at = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
    reason = message.format(**values)
    return Answer.json(
        {
            "error": error,
            "error_description": f"AADSTS{number}: {reason} Trace ID: {trace} Correlation ID: {correlation} "
            f"Timestamp: {at}",
            "error_codes": [number],
            "timestamp": at,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://{HOST}/error?code={number}",
        },
        status,
    )


def _token(request: Request, tenant: str) -> Answer:
    form = _form(request)
    grant, client = form.get("grant_type", ""), form.get("client_id", "")
    if not client:
        return refusal(900144)
    if not _is_tenant(tenant):
        return refusal(900023, tenant=tenant)
    if grant == "client_credentials":
        return _application(form, tenant, client)
    if grant in (DEVICE, "device_code", "refresh_token"):
        return _grant(form, tenant, client, SOMEBODY)
    return refusal(70003, grant=grant)


def _application(form: dict[str, str], tenant: str, client: str) -> Answer:
    if not GUID.fullmatch(client):
        return refusal(700016, client=client, tenant=tenant)
    secret, assertion = form.get("client_secret", ""), form.get("client_assertion", "")
    if not secret and not assertion:
        return refusal(7000216)
    if GUID.fullmatch(secret):
        return refusal(7000215, client=client)
    if assertion and (refused := _refused(assertion)) is not None:
        return refused
    return _grant(form, tenant, client)


def _refused(assertion: str) -> Answer | None:
    """The refusal of an assertion that is no token or has expired; None for a good one."""
    claims = tokens.claims_of(assertion)
    if claims is None:
        return refusal(50027)
    if float(claims.get("exp") or 0) < time.time():
        times = {name: _time(claims.get(name) or 0) for name in ("nbf", "exp")}
        return refusal(700024, now=_time(time.time()), **times)
    return None


def _is_tenant(text: str) -> bool:
    return text in ("common", "organizations") or GUID.fullmatch(text) is not None or "." in text


def _grant(form: dict[str, str], tenant: str, client: str, user: str = "") -> Answer:
    audience = form.get("resource") or form.get("scope", "").split(" ")[0].removesuffix("/.default")
    directory = TENANT if tenant in ("common", "organizations") else tenant
    given: dict[str, Any] = {
        "token_type": "Bearer",
        "expires_in": tokens.LIFETIME_SECONDS,
        "ext_expires_in": tokens.LIFETIME_SECONDS,
        "access_token": tokens.token(audience, directory, client, user=user),
    }
    if form.get("resource"):
        now = int(time.time())
        given |= {"resource": audience, "not_before": str(now), "expires_on": str(now + tokens.LIFETIME_SECONDS)}
        given["expires_in"] = str(tokens.LIFETIME_SECONDS)
    if user:
        number = tokens.object_id(user)
        claims: dict[str, Any] = {
            "aud": client,
            "iss": f"https://{HOST}/{directory}/v2.0",
            "tid": directory,
            "oid": number,
        }
        now = int(time.time())
        claims |= {"sub": number, "preferred_username": user, "iat": now, "exp": now + 3600}
        given |= {"scope": form.get("scope", ""), "refresh_token": "rehearsal", "id_token": tokens.jwt(claims)}
        given["client_info"] = tokens.part({"uid": number, "utid": directory})
    return Answer.json(given)


def _device_code() -> Answer:
    address = "https://microsoft.com/devicelogin"
    return Answer.json(
        {
            "user_code": "REHEARSE1",
            "device_code": CODE,
            "verification_uri": address,
            "expires_in": DEVICE_SECONDS,
            "interval": 1,
            "message": f"To sign in, use a web browser to open the page {address} and enter the code REHEARSE1 to "
            "authenticate. (Rehearsed: somebody signs in by himself.)",
        }
    )


def _instance() -> dict[str, Any]:
    """The host names that mean the same authority: MSAL asks before it trusts one."""
    return {
        "tenant_discovery_endpoint": f"https://{HOST}/common/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": HOST, "preferred_cache": "login.windows.net", "aliases": ALIASES}],
    }


def _configuration(tenant: str) -> dict[str, Any]:
    if not _is_tenant(tenant):
        raise ArmError(400, "invalid_tenant", f"AADSTS90002: Tenant '{tenant}' not found.")
    base = f"https://{HOST}/{tenant}"
    return {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "msgraph_host": "graph.microsoft.com",
    }


def _form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.0000000Z", time.gmtime(float(seconds)))
