"""graph.microsoft.com: who the caller is. No more of the directory is emulated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from embedded_cloud.azure import tokens
from embedded_cloud.azure.failure import not_emulated
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request

HOST = "graph.microsoft.com"
BY_APPLICATION = re.compile(r"appId eq '([^']+)'")


def answer(request: Request) -> Answer:
    """The answer of Microsoft Graph. Raises ArmError for what is not emulated."""
    claims = tokens.bearer(request) or {}
    if request.segments[1:] == ["me"]:
        return Answer.json({"id": claims.get("oid"), "userPrincipalName": claims.get("upn")})
    asked = BY_APPLICATION.search(request.one("$filter"))
    if request.segments[1:] == ["servicePrincipals"] and asked:
        return Answer.json({"value": [{"id": tokens.object_id(asked[1]), "appId": asked[1]}]})
    raise not_emulated(f"{request.method} {request.host}{request.path}")
