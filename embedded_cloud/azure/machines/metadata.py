"""The instance metadata service of Azure's machines, at 169.254.169.254, and the tokens of their identities.

Rules, fields and refusals: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service and
https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token (read 2026-11-25)
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from embedded_cloud.azure.machines.identity import chosen, identities
from embedded_cloud.azure.machines.metadata_tree import tree_of
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.exchange import Request
    from embedded_cloud.machines.base import Instance

INSTANCE = "instance"
TOKEN = ["identity", "oauth2", "token"]
VERSIONS = ["2021-01-01", "2021-02-01", "2021-05-01", "2021-10-01", "2021-11-01", "2021-12-13", "2023-07-01"]
NO_HEADER = "Bad request. Required metadata header not specified"
NO_VERSION = "Bad request. api-version was not specified in the request"
SEVERAL = (
    "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token "
    "request"
)


def answer(instance: Instance, address: str, request: Request) -> Answer:  # noqa: PLR0911 one line an answer
    """The answer to a machine that has `address`."""
    if request.method not in ("GET", "HEAD"):
        return _error(405, "Method not allowed")
    segments, headers, query = request.segments, request.headers, request.query
    if segments[0] != "metadata":
        return _error(404, "Not found")
    segments = segments[1:]
    token = segments == TOKEN
    if headers.get("metadata", "").lower() != "true":
        return _refusal("Required metadata header not specified") if token else _error(400, NO_HEADER)
    if headers.get("x-forwarded-for"):  # what came through a proxy may be somebody else's question
        return _error(400, "Bad request. X-Forwarded-For is not allowed")
    if segments == ["versions"]:
        return _json({"apiVersions": VERSIONS})
    if not _one(query, "api-version"):
        return _json({"error": NO_VERSION, "newest-versions": VERSIONS[-3:]}, 400)
    if token:
        return _token(instance, query)
    if segments == ["scheduledevents"]:
        return _json({"DocumentIncarnation": 0, "Events": []})
    if segments[:1] == [INSTANCE]:
        return _instance(tree_of(instance, address), segments[1:], _one(query, "format"))
    return _error(404, "Not found")


def _instance(found: Any, segments: list[str], form: str) -> Answer:
    for segment in segments:
        if isinstance(found, list) and segment.isdigit() and int(segment) < len(found):
            found = found[int(segment)]
        elif isinstance(found, dict) and segment in found:
            found = found[segment]
        else:
            return _error(404, "Not found")
    if form == "text":
        return _reply(200, _as_text(found), "text/plain; charset=utf-8")
    if isinstance(found, (dict, list)):
        return _json(found)
    return _error(400, "Bad request. The leaf element can only be had as text: format=text")


def _as_text(found: Any) -> str:
    if isinstance(found, list):
        return "\n".join(f"{at}/" for at in range(len(found)))
    if isinstance(found, dict):
        return "\n".join(f"{name}/" if isinstance(below, (dict, list)) else name for name, below in found.items())
    return str(found)


def _token(instance: Instance, query: Mapping[str, list[str]]) -> Answer:
    resource = _one(query, "resource")
    if not resource:
        return _refusal("'resource' is a required parameter")
    client = _one(query, "client_id")
    path = _one(query, "mi_res_id") or _one(query, "msi_res_id")
    identity = chosen(instance, client, path)
    if identity is None:
        several = not (client or path) and len(identities(instance)) > 1
        return _refusal(SEVERAL if several else "Identity not found")
    now = int(time.time())
    made = tokens.token(resource, TENANT, identity.client or identity.principal, principal=identity.principal)
    until = tokens.LIFETIME_SECONDS
    return _json(
        {
            "access_token": made,
            "client_id": identity.client or identity.principal,
            "expires_in": str(until),
            "expires_on": str(now + until),
            "ext_expires_in": str(until),
            "not_before": str(now),
            "resource": resource,
            "token_type": "Bearer",
        }
    )


def _one(query: Mapping[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]


def _json(value: Any, status: int = 200) -> Answer:
    return _reply(status, json.dumps(value), "application/json; charset=utf-8")


def _error(status: int, message: str) -> Answer:
    return _json({"error": message}, status)


def _refusal(description: str) -> Answer:
    return _json({"error": "invalid_request", "error_description": description}, 400)


def _reply(status: int, text: str, kind: str) -> Answer:
    return Answer(status, text.encode(), (("Server", "IMDS/150.870.65.1854"), ("Content-Type", kind)))
