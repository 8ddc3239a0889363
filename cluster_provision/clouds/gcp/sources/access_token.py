"""An access token that the user gives, as credentials of Google's library, and what Google says of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from google.auth.credentials import Credentials
from google.auth.exceptions import RefreshError

from cluster_provision.clouds.gcp.sources.token_variable import TOKEN

TOKENINFO = "https://oauth2.googleapis.com/tokeninfo"
SECONDS = 3.0
"""The answer is dispensable: a network may block it, and Google gives none for a federated identity's token."""

OF_A_LOGIN = ".apps.googleusercontent.com"
"""How the names of programs end that people log in with. A service account's token has the account's number instead."""


class Ended(RefreshError):
    """Google refused the token, and there is no other."""


class AccessToken(Credentials):
    """The token, used until Google refuses it.

    `of_a_login` says that a person logged in to get it, once `token_facts` has told.
    """

    def __init__(self, token: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.token = token
        self._quota_project_id = os.environ.get("GOOGLE_CLOUD_QUOTA_PROJECT") or None
        self.of_a_login = False

    def refresh(self, _: Any) -> None:
        """Raises Ended: the library asks for another token where Google refuses this one."""
        raise Ended(  # type: ignore[no-untyped-call]
            f"Google refuses the access token of {TOKEN}: it has ended, was revoked, or is no access token"
        )


@dataclass(frozen=True)
class TokenFacts:
    """`name` is an e-mail or a description, `seconds` how long the token still lives: None where Google doesn't say."""

    name: str = "the holder of an access token"
    seconds: int | None = None

    @property
    def warning(self) -> str:
        """What this means for a run."""
        life = f"ends in {self.seconds // 60} min" if self.seconds is not None else "ends at a time that is not known"
        return f"the access token {life}, and nothing can renew it: a run that takes longer stops in the middle (10)"


def token_facts(credentials: AccessToken) -> TokenFacts:
    """Return what Google says of the token. What it can't say is no refusal: the first call of an API proves it."""
    import requests

    headers = {"Authorization": f"Bearer {credentials.token}"}  # never in the address, which errors and proxies show
    try:
        answer = requests.post(TOKENINFO, headers=headers, timeout=SECONDS)
        told = answer.json() if answer.ok else {}
        holder = str(told.get("azp") or "")
        credentials.of_a_login = holder.endswith(OF_A_LOGIN)
        unnamed = f"service account {holder}" if holder.isdecimal() else TokenFacts.name
        return TokenFacts(str(told.get("email") or unnamed), int(told["expires_in"]) if "expires_in" in told else None)
    except (requests.RequestException, ValueError, AttributeError, TypeError):
        return TokenFacts()
