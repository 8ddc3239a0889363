"""The identity of a CI job, which its runner hands out anew each time it is asked: GitHub's, and what is asked alike.

https://docs.github.com/actions/reference/openid-connect-reference, "Methods for requesting the OIDC token";
registry.terraform.io/providers/hashicorp/azurerm, "Authenticating using OpenID Connect" (read 2026-12-01).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.errors import CredentialsError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

AUDIENCE = "api://AzureADTokenExchange"
TIMEOUT_SECONDS = (10, 30)
"""Seconds to connect, and to answer."""
# The variables with the address, each with that of the word that opens it.
PAIRS = (
    ("ARM_OIDC_REQUEST_URL", "ARM_OIDC_REQUEST_TOKEN"),
    ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
)


@dataclass(frozen=True)
class JobTokens:
    """Where the job's tokens are asked for, the word that opens it, and the variable that named it."""

    url: str
    word: str = field(repr=False)
    variable: str

    def require(self) -> None:
        """Raise CredentialsError for an address that isn't of HTTPS, or without its word."""
        if self.word and self.url.startswith("https://"):
            return
        word = dict(PAIRS)[self.variable]
        raise CredentialsError(
            f"{self.variable} needs {word} beside it, and an address that begins with https://",
            f"Hand both into the container as the runner has them: -e {self.variable} -e {word}",
        )

    def __call__(self) -> str:
        """A token that is good now. Raises CredentialsError where the runner gives none, Unreachable without answer."""
        import requests

        doing = f"asking the CI's runner for the job's token ({self.variable})"
        try:
            answer = requests.get(
                self.url,
                params={"audience": AUDIENCE},
                headers={"Authorization": f"Bearer {self.word}"},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as failure:
            raise Unreachable(f"{doing}: {type(failure).__name__}", "Run the same command again.") from None
        if answer.status_code >= 500:
            raise Unreachable(f"{doing}: HTTP {answer.status_code}", "Run the same command again.")
        try:
            found = str(answer.json()["value"]) if answer.status_code == 200 else ""
        except (ValueError, KeyError, TypeError):
            found = ""
        if not found:
            advice = "The job needs the permission id-token: write, and ends when its job does (docs/pipelines.md)."
            raise CredentialsError(f"{doing}: HTTP {answer.status_code}, and no token", advice)
        return found


def job_tokens(environ: Mapping[str, str]) -> JobTokens | None:
    """Where the environment says that tokens are had; None where it doesn't."""
    for variable, word in PAIRS:
        if url := environ.get(variable, "").strip():
            return JobTokens(url, environ.get(word, "").strip(), variable)
    return None
