"""Tokens of Azure Bastion, each for one connection to a port of a machine.

What is asked and answered is in no document of Microsoft's: it is as the Azure CLI's extension does it
(github.com/Azure/azure-cli-extensions, src/bastion/azext_bastion/tunnel.py, read 2026-12-01). The caller's access token
goes in the form, without "Bearer".
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.clouds.azure.bastion.refusals import Passing, refusal, silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Response

TIMEOUT_SECONDS = (10, 30)
FAREWELL_SECONDS = (5, 5)
"""Seconds to connect, and to answer."""

BUSY = (429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Target:
    """A machine's `name`, Azure's `id` of it, and the port."""

    name: str
    id: str
    port: int


@dataclass(frozen=True)
class Token:
    """What Bastion gave: `auth` ends it again, `web` is for the WebSocket's address, `node` is the instance of Bastion
    that knows it."""

    auth: str = field(repr=False)
    web: str = field(repr=False)
    node: str

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Node-Id": self.node} if self.node else {}


class Tokens:
    """The tokens of the Bastion at `host`; `access_token` returns a fresh one for Resource Manager at each call."""

    def __init__(self, host: str, access_token: Callable[[], str]) -> None:
        self.host = host
        self._access_token = access_token

    def take(self, target: Target) -> Token:
        """A token for one connection. Raises Passing where another try may succeed, else the error for the refusal."""
        import requests

        form = {
            "resourceId": target.id,
            "protocol": "tcptunnel",
            "workloadHostPort": str(target.port),
            "aztoken": self._access_token(),
        }
        try:
            answer = requests.post(
                f"https://{self.host}/api/tokens", data=form, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as failure:
            raise Passing(silent(self.host, type(failure).__name__)) from None
        if answer.status_code != 200:
            error = refusal(answer.status_code, _message(answer), target.name)
            raise Passing(error) if answer.status_code in BUSY else error
        try:
            told = answer.json()
            return Token(str(told["authToken"]), str(told.get("websocketToken") or ""), str(told.get("nodeId") or ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Passing(silent(self.host, "the answer holds no token")) from None

    def give_back(self, token: Token) -> None:
        """End the token, so that Bastion counts one session less. That it is gone already is no fault."""
        import requests

        with contextlib.suppress(requests.RequestException):
            requests.delete(
                f"https://{self.host}/api/tokens/{token.auth}",
                headers=token.headers,
                timeout=FAREWELL_SECONDS,
                allow_redirects=False,
            )


def _message(answer: Response) -> str:
    """Bastion's own words for a refusal; empty where it has none."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    return " ".join(str(told.get("message") or "").split()) if isinstance(told, dict) else ""
