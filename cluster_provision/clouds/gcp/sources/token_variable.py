"""GOOGLE_OAUTH_ACCESS_TOKEN, which Google's Terraform provider and the gcs backend read, too.

They prefer it to every other source, so the tool does:
https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference#access_token-1 and
https://developer.hashicorp.com/terraform/language/backend/gcs (read 2026-12-01).
"""

from __future__ import annotations

import os
import re

from cluster_provision.errors import CredentialsError

TOKEN = "GOOGLE_OAUTH_ACCESS_TOKEN"  # noqa: S105 a variable's name
SYNTAX = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""https://www.rfc-editor.org/rfc/rfc6750#section-2.1"""

RENEW = (
    "Nothing can renew such a token. Get a new one, such as `gcloud auth print-access-token` prints, and run the same "
    "command again: it goes on with what is there (with UNLOCK_DEAD=yes, if this run could not free the state's lock). "
    "Credentials that renew themselves are in docs/authentication.md."
)


def given_token() -> str:
    """Return the token, or nothing. Raises CredentialsError, without the value, for what can't be one."""
    value = os.environ.get(TOKEN, "").strip()
    if value and not SYNTAX.fullmatch(value):
        raise CredentialsError(
            f"{TOKEN} holds no access token: it has characters in it that none has (its value is not shown)",
            "Set it to what `gcloud auth print-access-token` prints, or leave it out.",
        )
    return value
